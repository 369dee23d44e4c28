import { useSignal } from "@preact/signals";
import { toastError } from "../common/toast";

/** Asks, and goes back to a checkpoint; what it takes is loaded only then. */
export function useRestoring(question: string): { isBusy: boolean; restore: (checkpointId: string) => void } {
  const isBusy = useSignal(false);
  const ask = async (checkpointId: string): Promise<void> => {
    isBusy.value = true;
    try {
      const { askRestore } = await import("./restoring");
      await askRestore(checkpointId, question);
    } catch (error) {
      toastError(error);
    }
    isBusy.value = false;
  };
  return { isBusy: isBusy.value, restore: (checkpointId) => void ask(checkpointId) };
}
