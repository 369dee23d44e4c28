/** Ages in words. Both arguments are milliseconds since the epoch. */

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export function ago(then_ms: number, now_ms: number): string {
  const seconds = Math.max(0, Math.round((now_ms - then_ms) / 1000));
  if (Number.isNaN(seconds)) return "";
  if (seconds < 45) return "just now";
  if (seconds < HOUR) return `${Math.max(1, Math.round(seconds / MINUTE))} min ago`;
  if (seconds < DAY) return `${Math.round(seconds / HOUR)} h ago`;
  if (seconds < 14 * DAY) return `${Math.round(seconds / DAY)} d ago`;
  return new Date(then_ms).toLocaleDateString();
}
