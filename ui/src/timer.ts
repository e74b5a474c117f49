import { fill } from "./address";
import { fine, lengthOf, passed, say } from "./clock";

// Lets the timers of a page go on, by the server's clock.
//
// A limit is an element with data-due, the words data-left and data-late, and data-of (what it is
// of); in it are [data-word] and <time>. What grows is an element with data-since, which holds the
// length alone. The line [data-timers] says when the page was made (data-now), and is where a limit
// is announced ten minutes before it and when it passes: data-soon, data-over ({of}).

function start(line: HTMLElement): void {
  const ahead = Date.parse(line.dataset.now ?? "") - Date.now(); // of this machine's clock
  if (Number.isNaN(ahead)) return;
  const lang = document.documentElement.lang || "en";
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const before = new Map<string, number>();

  const write = (e: Element | null, text: string) => {
    if (e && e.textContent !== text) e.textContent = text;
  };
  const limit = (e: HTMLElement, now: number): string => {
    const left = Date.parse(e.dataset.due ?? "") - now;
    if (Number.isNaN(left)) return "";
    const over = left < 0;
    write(e.querySelector("time"), say(lengthOf(left, !over && !still.matches), lang));
    write(e.querySelector("[data-word]"), (over ? e.dataset.late : e.dataset.left) ?? "");
    e.classList.toggle("warn", over);
    e.classList.toggle("soon", !over && left <= fine);
    const key = `${e.dataset.due} ${e.dataset.of}`, was = before.get(key);
    before.set(key, left);
    const mark = was === undefined ? null : passed(was, left);
    return mark ? fill(line.dataset[mark] ?? "", { of: e.dataset.of ?? "" }) : "";
  };
  const tick = () => {
    const now = Date.now() + ahead, said: string[] = [];
    for (const e of document.querySelectorAll<HTMLElement>("[data-since]")) write(e, say(lengthOf(Math.max(0, now - Date.parse(e.dataset.since ?? ""))), lang));
    for (const e of document.querySelectorAll<HTMLElement>("[data-due]")) {
      const text = limit(e, now);
      if (text) said.push(text);
    }
    if (said.length) line.textContent = said.join(" "); // a polite region: nothing is interrupted
  };
  tick();
  setInterval(tick, 1000);
}

const line = document.querySelector<HTMLElement>("[data-timers]");
if (line) start(line);
