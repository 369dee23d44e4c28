/** Which entries of the palette are meant by a few letters, the likeliest first. Pure. */

export interface Named {
  readonly title: string;
  readonly group: string;
  readonly hint: string;
}

/** Every word must occur; a title that begins with it counts most, then one in which a word begins with it. */
export function matching<E extends Named>(entries: readonly E[], query: string): E[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return [...entries];
  return entries
    .map((entry, at) => ({ entry, at, score: scoreOf(entry, words) }))
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score || one.at - other.at)
    .map(({ entry }) => entry);
}

function scoreOf(entry: Named, words: readonly string[]): number {
  const title = entry.title.toLowerCase();
  const rest = `${entry.group} ${entry.hint}`.toLowerCase();
  let score = 0;
  for (const word of words) {
    if (title.startsWith(word)) score += 4;
    else if (title.includes(` ${word}`)) score += 3;
    else if (title.includes(word)) score += 2;
    else if (rest.includes(word)) score += 1;
    else return 0;
  }
  return score;
}
