// A stretch of bars of a day chart. Nothing here touches a page.

/** Bar is a day, or some days: from its first day until before to. */
export interface Bar { from: string; to: string }

/** stretch is what two bars and those between them cover. */
export function stretch(bars: readonly Bar[], a: number, b: number): Bar | null {
  const first = bars[Math.min(a, b)], last = bars[Math.max(a, b)];
  return first && last ? { from: first.from, to: last.to } : null;
}

/** step moves a position by some bars and stays inside. */
export function step(count: number, at: number, by: number): number {
  return Math.max(0, Math.min(count - 1, at + by));
}

/** nearest is the bar whose middle is nearest to a position. */
export function nearest(middles: readonly number[], x: number): number {
  let best = 0;
  middles.forEach((m, i) => {
    if (Math.abs(m - x) < Math.abs((middles[best] ?? Infinity) - x)) best = i;
  });
  return best;
}
