import type { Config } from "./map-gl";
import { changed } from "./swap";

// Puts a map in the place of the drawing that the page comes with, once the page can be read
// and the drawing is looked at. Without WebGL the drawing stays.

/** configOf reads <script type="application/json"> inside of the element. */
function configOf(el: Element): Config | null {
  const text = el.querySelector('script[type="application/json"]')?.textContent;
  return text ? (JSON.parse(text) as Config) : null;
}

function capable(): boolean {
  return document.createElement("canvas").getContext("webgl2") !== null;
}

function note(el: HTMLElement, words: string | undefined): void {
  if (!words || el.querySelector(".map-note")) return;
  const p = document.createElement("p");
  p.className = "map-note";
  p.textContent = words;
  el.append(p);
}

async function begin(el: HTMLElement): Promise<void> {
  const config = configOf(el);
  if (!config) return;
  if (!capable()) return note(el, config.words.noWebgl);
  try {
    await styled();
    const { start } = await import("./map-gl");
    const map = start(el, config);
    el.addEventListener(changed, (e) => {
      const next = (e as CustomEvent<Element>).detail;
      const fresh = configOf(next);
      if (!fresh) return;
      map.update(fresh);
      for (const part of ["svg", "script"]) { // what is printed
        const mine = el.querySelector(`:scope > ${part}`), theirs = next.querySelector(`:scope > ${part}`);
        if (mine && theirs) mine.replaceWith(theirs);
      }
    });
  } catch {
    el.classList.remove("map-on");
    note(el, config.words.failed);
  }
}

/** styled waits for the map's own style sheet. */
function styled(): Promise<void> {
  const href = new URL(MAP_CSS, import.meta.url).href;
  if (document.querySelector(`link[href="${href}"]`)) return Promise.resolve();
  return new Promise((done, fail) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = href;
    link.onload = () => done();
    link.onerror = () => fail(new Error("no style sheet"));
    document.head.append(link);
  });
}

function wait(): void {
  const seen = new IntersectionObserver((entries) => {
    for (const e of entries) {
      if (!e.isIntersecting) continue;
      seen.unobserve(e.target);
      void begin(e.target as HTMLElement);
    }
  }, { rootMargin: "200px" });
  for (const el of document.querySelectorAll<HTMLElement>("[data-map]:not([data-map-state])")) {
    el.dataset.mapState = "waiting";
    seen.observe(el);
  }
}

function whenIdle(f: () => void): void {
  if ("requestIdleCallback" in window) requestIdleCallback(f, { timeout: 2000 });
  else setTimeout(f, 200);
}

function later(): void {
  if (document.readyState === "complete") whenIdle(wait);
  else addEventListener("load", () => whenIdle(wait), { once: true });
}

document.addEventListener("truce:swapped", wait);
later();
