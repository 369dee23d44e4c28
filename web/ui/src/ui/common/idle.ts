/** Runs `work` when nothing else is to be done, or after about `atMost` ms all the same. Returns what calls it off. */
export const whenIdle: (work: () => void, atMost: number) => () => void =
  typeof requestIdleCallback === "function"
    ? (work, atMost) => {
        const id = requestIdleCallback(work, { timeout: atMost });
        return () => cancelIdleCallback(id);
      }
    : (work) => {
        const id = setTimeout(work, 30);
        return () => clearTimeout(id);
      };
