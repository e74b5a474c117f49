// How lengths of time are counted and said. Nothing here touches a page.

/** Length is a length of time in whole parts, rounded down. */
export interface Length { days: number; hours: number; minutes: number; seconds: number }

const minute = 60_000, hour = 60 * minute, day = 24 * hour;

/** fine is how much is left when seconds are told, too. */
export const fine = 10 * minute;

/** lengthOf takes a length apart: from a day on without minutes, from ten days on without hours,
 * and with seconds only where they are asked for. */
export function lengthOf(ms: number, seconds = false): Length {
  const t = Math.abs(ms), days = Math.floor(t / day);
  return {
    days,
    hours: days > 9 ? 0 : Math.floor(t / hour) % 24,
    minutes: days > 0 ? 0 : Math.floor(t / minute) % 60,
    seconds: seconds && t < fine ? Math.floor(t / 1000) % 60 : 0,
  };
}

/** say writes a length in a language. */
export function say(l: Length, lang: string): string {
  const part = (n: number, unit: string) => new Intl.NumberFormat(lang, { style: "unit", unit, unitDisplay: "long", numberingSystem: "latn" }).format(n);
  const parts = ([["day", l.days], ["hour", l.hours], ["minute", l.minutes], ["second", l.seconds]] as const).filter(([, n]) => n > 0);
  return parts.length ? parts.map(([unit, n]) => part(n, unit)).join(" ") : part(0, "minute");
}

/** Mark is a moment that is announced. */
export type Mark = "soon" | "over";

/** passed is what is announced when what is left shrank from before to now. */
export function passed(before: number, now: number): Mark | null {
  if (before > 0 && now <= 0) return "over";
  if (before > fine && now <= fine) return "soon";
  return null;
}
