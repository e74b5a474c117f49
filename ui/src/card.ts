import type { Words } from "./map-gl";

/** Thing is what a feature of a tile says: how many, and of what. */
export interface Thing { at: string; n: number; v: number; u: number; c: number; o: number; w: number; ids?: string; kind?: string }

/** Content is what a card shows. */
export interface Content {
  title: string; note: string; parts: [n: string, words: string][];
  links: { href: string; text: string }[]; all: { href: string; text: string };
}

/** Card says what a number on the map stands for, with the way to each record behind it. */
export class Card {
  private readonly dialog = document.createElement("dialog");

  constructor(parent: HTMLElement, private readonly words: Words, private readonly back: () => void) {
    this.dialog.className = "map-card";
    this.dialog.tabIndex = -1;
    this.dialog.addEventListener("keydown", (e) => {
      if (e.key !== "Escape") return;
      e.preventDefault();
      this.close();
      this.back();
    });
    parent.append(this.dialog);
  }

  show(content: Content): void {
    const title = element("p", content.title);
    title.id = title.className = "map-card-title";
    const close = element("button", "×");
    close.type = "button";
    close.setAttribute("aria-label", this.words.close);
    close.addEventListener("click", () => {
      this.close();
      this.back();
    });
    const parts = document.createElement("dl");
    for (const [n, words] of content.parts) parts.append(element("dt", n), element("dd", words));
    const links = document.createElement("ul");
    for (const link of content.links) {
      const item = document.createElement("li");
      item.append(anchor(link.href, link.text));
      links.append(item);
    }
    const all = document.createElement("p");
    all.append(anchor(content.all.href, content.all.text));
    this.dialog.replaceChildren(title, close, element("p", content.note), parts, links, all);
    this.dialog.setAttribute("aria-labelledby", title.id);
    if (!this.dialog.open) this.dialog.show();
    this.dialog.focus(); // not its first button, which the same press of Enter would work
  }

  close(): void {
    if (this.dialog.open) this.dialog.close();
  }
}

function element<K extends keyof HTMLElementTagNameMap>(name: K, text: string): HTMLElementTagNameMap[K] {
  const e = document.createElement(name);
  e.textContent = text;
  return e;
}

function anchor(href: string, text: string): HTMLAnchorElement {
  const a = element("a", text);
  a.href = href;
  a.dir = "auto";
  return a;
}
