import { fill } from "./address";
import { enhance, load } from "./swap";

// Says on every page when entries came since it was made, and when the server is away.
//
// The line is an element with data-live ("auto" refreshes the regions by itself), data-entries
// (how many entries the page knows), the words data-new ({n}), data-show, data-lost ({t}),
// data-back and data-over, and, where they differ, data-events (address of the stream) and
// data-zone (of the time).

const patience = 2500; // milliseconds: a connection that is back by then was never gone

function start(line: HTMLElement): void {
  const words = line.dataset;
  let stream: EventSource | undefined;
  let news = 0, last = Number(words.entries ?? 0) - 1;
  let lost: number | undefined; // when the connection went
  let told = false;
  let timer = 0, again = 0, wait = 2000;

  const say = (text: string, act?: string, then?: () => void) => {
    line.replaceChildren(text);
    if (act && then) {
      const link = document.createElement("a");
      link.href = location.href;
      link.textContent = act;
      link.addEventListener("click", (e) => {
        e.preventDefault();
        then();
      });
      line.append(" ", link);
    }
    line.hidden = !text;
  };
  const time = (t: number) => new Intl.DateTimeFormat(document.documentElement.lang || undefined,
    { hour: "2-digit", minute: "2-digit", numberingSystem: "latn", ...(words.zone ? { timeZone: words.zone, timeZoneName: "short" } : {}) }).format(t);
  const tell = () => {
    if (news) say(fill(words.new ?? "{n}", { n: news }), words.show, show);
    else say("");
  };
  const show = () => {
    void load(location.href).then((loaded) => {
      if (loaded === "overtaken") return;
      if (loaded === "failed" || !document.querySelector("[data-region]")) return location.reload();
      news = 0;
      last = Math.max(last, Number(words.entries ?? 0) - 1);
      tell();
    });
  };
  const gone = () => {
    lost ??= Date.now();
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      told = true;
      say(fill(words.lost ?? "{t}", { t: time(lost ?? Date.now()) }), words.show, () => location.reload());
    }, patience);
    if (stream?.readyState === EventSource.CLOSED) { // refused: the browser does not try again by itself
      clearTimeout(again);
      again = window.setTimeout(open, wait);
      wait = Math.min(wait * 2, 60_000);
    }
  };
  const back = () => {
    clearTimeout(timer);
    wait = 2000;
    lost = undefined;
    if (!told) return;
    told = false;
    say(words.back ?? "");
    timer = window.setTimeout(words.live === "auto" ? show : tell, patience);
  };
  const close = () => {
    clearTimeout(again);
    stream?.close();
    stream = undefined;
  };
  const open = () => {
    close();
    const address = words.events ?? "/api/v1/events";
    stream = new EventSource(address + (address.includes("?") ? "&" : "?") + "after=" + last);
    stream.onopen = back;
    stream.onerror = gone;
    stream.addEventListener("entry", (e) => {
      const n = Number((e as MessageEvent).lastEventId);
      if (!(n > last)) return;
      last = n;
      news++;
      clearTimeout(timer);
      timer = window.setTimeout(words.live === "auto" ? show : tell, 400); // many come at once
    });
    stream.addEventListener("end", () => {
      close();
      say(words.over ?? fill(words.lost ?? "{t}", { t: time(Date.now()) }), words.show, () => location.reload());
    });
  };

  // A page that nobody looks at holds no connection: a browser has few for one server.
  const attend = () => (document.visibilityState === "visible" ? open() : close());
  document.addEventListener("visibilitychange", attend);
  addEventListener("pageshow", (e) => e.persisted && attend());
  addEventListener("pagehide", close);
  addEventListener("offline", gone);
  attend();
}

enhance();
const line = document.querySelector<HTMLElement>("[data-live]");
if (line) start(line);
