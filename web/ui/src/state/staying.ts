/** What has just gone from a list keeps its place for a moment: what is next must not slide under the pointer. Pure. */

/** `now`, and of `shown` (the list before) those that are gone and `isKept`, each behind what it stood behind. */
export function withStaying<T extends { id: string }>(shown: readonly T[], now: readonly T[], isKept: (item: T) => boolean): T[] {
  const list = [...now];
  const placeOf = (item: T): number => list.findIndex((each) => each.id === item.id);
  shown.forEach((item, index) => {
    if (placeOf(item) >= 0 || !isKept(item)) return;
    const before = shown.slice(0, index).findLast((each) => placeOf(each) >= 0);
    list.splice(before ? placeOf(before) + 1 : 0, 0, item);
  });
  return list;
}
