import { formAddress, withParams } from "./address";

// Replacing parts of a page by what the server says now. The parts are elements with
// data-region and an id.

/** Config is the event that a map gets, instead of being replaced: detail is the new element. */
export const changed = "truce:changed";
/** Going is the event by which an island asks for another address: detail is the address. */
export const going = "truce:go";

/** focusPath tells the element with the focus apart, so that it can be found again. */
function focusPath(): string {
  const a = document.activeElement;
  if (!a || a === document.body) return "";
  if (a.id) return "#" + CSS.escape(a.id);
  for (const name of ["name", "href"]) {
    const value = a.getAttribute(name);
    if (value) return `${a.localName}[${name}="${CSS.escape(value)}"]`;
  }
  return "";
}

/** swap puts the regions of another version of this page in the place of ours. */
export function swap(next: Document): void {
  const focus = focusPath(), had = document.activeElement;
  const open = new Set([...document.querySelectorAll("details[open][id]")].map((d) => d.id));
  for (const mine of document.querySelectorAll<HTMLElement>("[data-region][id]")) {
    const theirs = next.getElementById(mine.id);
    if (!theirs) continue;
    const maps = [...mine.querySelectorAll<HTMLElement>("[data-map][id]")];
    document.adoptNode(theirs);
    for (const d of theirs.querySelectorAll<HTMLDetailsElement>("details[id]")) if (open.has(d.id)) d.open = true;
    for (const map of maps) {
      const place = theirs.querySelector(`[id="${CSS.escape(map.id)}"]`);
      if (!place) continue;
      place.replaceWith(map);
      map.dispatchEvent(new CustomEvent(changed, { detail: place }));
    }
    mine.replaceWith(theirs);
  }
  document.title = next.title;
  for (const d of document.querySelectorAll<HTMLElement>("[data-live]")) {
    const n = next.querySelector<HTMLElement>("[data-live]");
    if (n?.dataset.entries) d.dataset.entries = n.dataset.entries;
  }
  if (focus && had && !had.isConnected) document.querySelector<HTMLElement>(focus)?.focus({ preventScroll: true });
  document.dispatchEvent(new Event("truce:swapped"));
}

let latest = 0;

/** Loaded is what became of asking: a later question may have overtaken it. */
export type Loaded = "done" | "overtaken" | "failed";

/** load fetches an address and swaps its regions in. */
export async function load(address: string): Promise<Loaded> {
  const turn = ++latest;
  try {
    const answer = await fetch(address, { headers: { Accept: "text/html" }, credentials: "same-origin" });
    if (!answer.ok || answer.redirected || !answer.headers.get("Content-Type")?.startsWith("text/html")) return "failed";
    const next = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (turn !== latest) return "overtaken";
    swap(next);
    return "done";
  } catch {
    return "failed";
  }
}

/** visit goes to an address of this page without leaving it, or leaves where that fails. */
async function visit(to: string): Promise<void> {
  const view = new URL(location.href).searchParams.get("map"); // where the map looks is nobody's question
  const address = view && !new URL(to).searchParams.has("map") ? withParams(to, { map: view }) : to;
  const loaded = await load(address);
  if (loaded === "done") history.pushState({}, "", address);
  else if (loaded === "failed") location.assign(address);
}

/** enhance lets forms and the going back of the browser work without leaving the page. */
export function enhance(): void {
  const submit = (form: HTMLFormElement) => {
    const fields = [...new FormData(form)].filter((e): e is [string, string] => typeof e[1] === "string");
    void visit(formAddress(form.action, fields));
  };
  const liveForm = (e: Event) => (e.target as Element).closest<HTMLFormElement>("form[data-live-form]");
  document.addEventListener("submit", (e) => {
    const form = liveForm(e);
    if (form && form.method === "get") {
      e.preventDefault();
      submit(form);
    }
  });
  document.addEventListener("change", (e) => {
    const form = liveForm(e);
    if (form?.dataset.liveForm === "change") submit(form);
  });
  document.addEventListener(going, (e) => {
    if (!document.querySelector("[data-region]")) return;
    e.preventDefault();
    void visit((e as CustomEvent<string>).detail);
  });
  let shown = location.pathname + location.search;
  document.addEventListener("truce:swapped", () => setTimeout(() => (shown = location.pathname + location.search)));
  addEventListener("popstate", () => {
    const wanted = location.pathname + location.search;
    if (wanted === shown) return; // only the part behind # has changed
    void load(location.href).then((loaded) => {
      if (loaded === "failed") location.reload();
    });
  });
}
