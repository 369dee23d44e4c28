import { useSignal } from "@preact/signals";
import { toastError } from "../common/toast";

/** Asks, and goes back to a checkpoint; what it takes is loaded only then. `onDone`: files and chat are as they were. */
export function useRestoring(question: string, onDone?: () => void): { isBusy: boolean; restore: (checkpointId: string) => void } {
  const isBusy = useSignal(false);
  const ask = async (checkpointId: string): Promise<void> => {
    isBusy.value = true;
    try {
      const { askRestore } = await import("./restoring");
      if (await askRestore(checkpointId, question)) onDone?.();
    } catch (error) {
      toastError(error);
    }
    isBusy.value = false;
  };
  return { isBusy: isBusy.value, restore: (checkpointId) => void ask(checkpointId) };
}
