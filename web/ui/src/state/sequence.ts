/** Where two sequences agree: Myers' shortest edit script, given up on where they have little in common. */

/** `length` items from `a` on in the first sequence are those from `b` on in the second one. */
export interface Run {
  a: number;
  b: number;
  length: number;
}

/**
 * The runs in order, none of them empty. Null when more than `most` items would have to go or come: time and memory
 * grow with its square, the length of what is equal costs next to nothing.
 */
export function commonRuns(a: readonly string[], b: readonly string[], most: number): Run[] | null {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let aEnd = a.length;
  let bEnd = b.length;
  while (aEnd > start && bEnd > start && a[aEnd - 1] === b[bEnd - 1]) {
    aEnd -= 1;
    bEnd -= 1;
  }
  const middle = shortestScript(a.slice(start, aEnd), b.slice(start, bEnd), most);
  if (!middle) return null;
  const runs = [
    { a: 0, b: 0, length: start },
    ...middle.map((run) => ({ a: run.a + start, b: run.b + start, length: run.length })),
    { a: aEnd, b: bEnd, length: a.length - aEnd },
  ];
  return joined(runs);
}

function joined(runs: readonly Run[]): Run[] {
  const whole: Run[] = [];
  for (const run of runs) {
    const last = whole.at(-1);
    if (!run.length) continue;
    if (last && last.a + last.length === run.a && last.b + last.length === run.b) last.length += run.length;
    else whole.push({ ...run });
  }
  return whole;
}

/** For each number of edits, how far down each diagonal one comes; then the way back through these. */
function shortestScript(a: readonly string[], b: readonly string[], most: number): Run[] | null {
  const n = a.length;
  const m = b.length;
  if (!n || !m) return n + m <= most ? [] : null;
  const limit = Math.min(most, n + m);
  const offset = limit + 1;
  const reach = new Int32Array(2 * limit + 3);
  const trace: Int32Array[] = [];
  for (let edits = 0; edits <= limit; edits += 1) {
    trace.push(reach.slice(offset - edits - 1, offset + edits + 2));
    for (let k = -edits; k <= edits; k += 2) {
      const left = reach[offset + k - 1] ?? 0;
      const above = reach[offset + k + 1] ?? 0;
      let x = k === -edits || (k !== edits && left < above) ? above : left + 1;
      while (x < n && x - k < m && a[x] === b[x - k]) x += 1;
      reach[offset + k] = x;
      if (x >= n && x - k >= m) return walkBack(trace, n, m);
    }
  }
  return null;
}

function walkBack(trace: readonly Int32Array[], n: number, m: number): Run[] {
  const runs: Run[] = [];
  let x = n;
  let y = m;
  for (let edits = trace.length - 1; edits >= 0; edits -= 1) {
    const reach = trace[edits] ?? new Int32Array();
    const at = (k: number): number => reach[k + edits + 1] ?? 0;
    const k = x - y;
    const before = k === -edits || (k !== edits && at(k - 1) < at(k + 1)) ? k + 1 : k - 1;
    const beforeX = edits ? at(before) : 0;
    const beforeY = edits ? beforeX - before : 0;
    const length = Math.min(x - beforeX, y - beforeY);
    if (length > 0) runs.push({ a: x - length, b: y - length, length });
    x = beforeX;
    y = beforeY;
  }
  return runs.reverse();
}
