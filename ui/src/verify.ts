// Checks the record in the browser: the island of /record/check. It fetches what everybody may
// have (the signed checkpoint and the tiles), computes, and says in the page's words what held
// and what did not, and where.

import { Fault, type Get, Tree, base64, leafHash, leaves, same, text } from "./log";
import { type Checkpoint, type Key, type Receipt, parseCheckpoint, parseKey, parseReceipt, signedBy, verify } from "./note";

type State = "good" | "bad" | "open" | "note";
type Args = Record<string, string | number>;

const page = document.documentElement.lang || "en";
const numbers = new Intl.NumberFormat(page + "-u-nu-latn");
const utc = (at: string): string => at.slice(0, 19).replace("T", " ") + " UTC"; // as the record writes times

const $ = <T extends HTMLElement = HTMLElement>(id: string): T => document.getElementById(id) as T;
const words = new Map<string, string>();

/** say is a sentence of the page's, with what belongs into it isolated from its direction. */
function say(name: string, args: Args = {}): DocumentFragment {
  const out = document.createDocumentFragment();
  for (const part of (words.get(name) ?? name).split(/(\{\w+\})/)) {
    const value = args[part.slice(1, -1)];
    if (!part.startsWith("{") || value === undefined) {
      out.append(part);
      continue;
    }
    const b = document.createElement("bdi");
    b.textContent = typeof value === "number" ? numbers.format(value) : value;
    out.append(b);
  }
  return out;
}

/** Report is where one check says what it found. */
class Report {
  private worst: State = "good";

  constructor(
    private readonly said: HTMLElement,
    private readonly steps: HTMLElement,
  ) {
    said.replaceChildren();
    steps.replaceChildren();
  }

  step(state: State, name: string, args: Args = {}): void {
    const li = document.createElement("li"), b = document.createElement("b"), p = document.createElement("span");
    li.className = state;
    b.append(say(state));
    p.append(say(name, args));
    li.append(b, p);
    this.steps.append(li);
    if (state === "bad" || (state === "open" && this.worst === "good")) this.worst = state;
  }

  /** fault notes what was thrown; anything but a Fault is passed on. */
  fault(e: unknown, more: Args = {}): void {
    if (!(e instanceof Fault)) throw e;
    this.step("bad", e.say, { ...e.args, ...more });
  }

  get state(): State {
    return this.worst;
  }

  conclude(state: State, name: string, args: Args = {}): void {
    const p = document.createElement("p");
    p.className = "verdict " + state;
    p.append(say(name, args));
    this.said.replaceChildren(p);
  }
}

// What is fetched.

const patience = 60; // how often a busy server is waited for

async function fetched(path: string, signal: AbortSignal, accept = "*/*"): Promise<Uint8Array> {
  for (let turn = 0; ; turn++) {
    let r: Response;
    try {
      r = await fetch(path, { signal, cache: "no-store", headers: { Accept: accept } }); // as it is served now
    } catch (e) {
      if (signal.aborted) throw e;
      throw new Fault("fetch-bad", { what: path, why: e instanceof Error ? e.message : String(e) });
    }
    if (r.ok) return new Uint8Array(await r.arrayBuffer());
    if ((r.status !== 429 && r.status !== 503) || turn === patience) throw new Fault("fetch-bad", { what: path, why: String(r.status) });
    await waited(1000 * Number(r.headers.get("Retry-After") ?? 1), signal);
  }
}

/** waited ends after some milliseconds, or at once when the check is stopped. */
function waited(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((wake) => {
    const timer = setTimeout(wake, ms);
    signal.addEventListener("abort", () => (clearTimeout(timer), wake()), { once: true });
  });
}

const ofLog = (signal: AbortSignal): Get => (path) => fetched("/log/" + path, signal);

async function newest(signal: AbortSignal): Promise<{ note: string; checkpoint: Checkpoint }> {
  const note = text(await fetched("/log/checkpoint", signal));
  if (note === undefined) throw new Fault("note-bad");
  return { note, checkpoint: parseCheckpoint(note) };
}

// The whole record.

const keptUnder = (): string => "truce.checkpoint." + $("check").dataset.origin;
interface Kept {
  note: string;
  at: string;
}
let justChecked: string | undefined;
const running: Partial<Record<"record" | "receipt", AbortController>> = {};

async function checkRecord(signal: AbortSignal, r: Report): Promise<void> {
  const key = givenKey(r);
  if (!key) return r.conclude("bad", "all-bad");
  const { note, checkpoint } = await newest(signal);
  await signature(r, checkpoint, key);
  const tree = await holds(r, checkpoint, signal);
  if (tree === "stopped") return;
  if (tree) for (const old of olderOnes()) await continues(r, tree, checkpoint, key, old);
  if (r.state === "bad") return r.conclude("bad", "all-bad");
  justChecked = note;
  if (r.state === "open") return r.conclude("open", "sig-cannot");
  r.conclude("good", "all-good", { n: checkpoint.size, key: key.id });
}

/** givenKey is the key that the reader entered, or left as the server showed it. */
function givenKey(r: Report): Key | undefined {
  const entered = $<HTMLInputElement>("check-key").value.trim();
  const key = parseKey(entered);
  if (!key) r.step("bad", "key-bad");
  return key;
}

async function signature(r: Report, c: Checkpoint, key: Key): Promise<void> {
  try {
    const good = await signedBy(c, key);
    if (good) {
      r.step("good", "sig-good", { key: key.id, n: c.size });
      r.step("note", $<HTMLInputElement>("check-key").value.trim() === $("check").dataset.key ? "key-own" : "key-given");
    } else r.step("open", "sig-cannot");
  } catch (e) {
    r.fault(e);
  }
  const others = c.signatures.filter((s) => s.id !== key.id).map((s) => s.id);
  if (others.length) r.step("note", "sig-others", { keys: others.join(", ") });
}

/** holds computes the tree of a checkpoint from all its hashes. */
async function holds(r: Report, c: Checkpoint, signal: AbortSignal): Promise<Tree | "stopped" | undefined> {
  const bar = $<HTMLProgressElement>("check-bar");
  let done = 0, total = 0;
  const got = (): void => {
    bar.value = ++done;
    if (total) $("check-count").replaceChildren(say("tiles", { done, total }));
  };
  try {
    const tree = await Tree.open(c.size, c.root, ofLog(signal), got);
    bar.max = total = tree.tiles();
    bar.value = done;
    const faults = await tree.all(() => signal.aborted);
    if (signal.aborted) {
      r.conclude("open", "stopped", { done, total });
      return "stopped";
    }
    for (const f of faults) await located(r, f, signal);
    if (faults.length === 0) r.step("good", "root-good", { n: c.size, root: base64(c.root) });
    return faults.length ? undefined : tree;
  } catch (e) {
    if (signal.aborted) {
      r.conclude("open", "stopped", { done, total });
      return "stopped";
    }
    if (!(e instanceof Fault)) throw e;
    await located(r, e, signal);
    return undefined;
  }
}

/** located says what is wrong, and which entry's hash it is where the reader may see the leaves. */
async function located(r: Report, f: Fault, signal: AbortSignal): Promise<void> {
  r.fault(f);
  const tile = String(f.args.tile ?? f.args.tiles ?? "").split(" ")[0] ?? "";
  if (!tile.startsWith("tile/0/") || f.say === "tile-size") return;
  try {
    const hashes = await fetched("/log/" + tile, signal);
    const list = leaves(await fetched("/log/" + tile.replace("tile/0/", "tile/entries/"), signal)) ?? [];
    list.forEach((leaf, i) => {
      if (!same(leafHash(leaf), hashes.subarray(32 * i, 32 * i + 32))) r.step("bad", "leaf-bad", { n: Number(f.args.from) + i, tile });
    });
  } catch {
    // leaves are not for everybody; the tile was named
  }
}

// Older checkpoints.

interface Old {
  which: string;
  note: string;
}

function olderOnes(): Old[] {
  const out: Old[] = [], pasted = $<HTMLTextAreaElement>("check-older").value.trim(), had = kept();
  if (pasted) out.push({ which: "pasted", note: pasted + "\n" });
  if (had) out.push({ which: "kept", note: had.note });
  return out;
}

async function continues(r: Report, tree: Tree, now: Checkpoint, key: Key, old: Old): Promise<void> {
  const which = words.get(old.which) ?? old.which;
  let c: Checkpoint;
  try {
    c = parseCheckpoint(old.note);
  } catch {
    return r.step("bad", "old-note", { which });
  }
  if (c.origin !== now.origin) return r.step("bad", "old-other", { which, origin: c.origin });
  try {
    if (!(await signedBy(c, key))) r.step("open", "old-unsigned", { which });
  } catch {
    return r.step("bad", "old-sig", { which, key: key.id });
  }
  await follows(r, tree, now, c, which);
}

/** follows holds a record to the root that it had. */
async function follows(r: Report, tree: Tree, now: Checkpoint, c: Checkpoint, which: string): Promise<void> {
  if (c.size > now.size) return r.step("bad", "old-back", { which, n: c.size, now: now.size });
  const root = await tree.rootAt(c.size);
  if (same(root, c.root)) return r.step("good", "old-good", { which, n: c.size });
  r.step("bad", "old-bad", { which, n: c.size, root: base64(root) });
}

function kept(): Kept | undefined {
  try {
    const k: unknown = JSON.parse(localStorage.getItem(keptUnder()) ?? "null");
    return k ? (k as Kept) : undefined;
  } catch {
    return undefined;
  }
}

function showKept(): void {
  const k = kept(), line = $("check-kept");
  $("check-forget").hidden = !k;
  $<HTMLButtonElement>("check-keep").disabled = justChecked === undefined;
  if (!k) return line.replaceChildren(say("kept-none"));
  try {
    line.replaceChildren(say("kept-is", { n: parseCheckpoint(k.note).size, when: utc(k.at) }));
  } catch {
    line.replaceChildren(say("old-note", { which: words.get("kept") ?? "" }));
  }
}

function keep(note: string | undefined): void {
  try {
    if (note === undefined) localStorage.removeItem(keptUnder());
    else localStorage.setItem(keptUnder(), JSON.stringify({ note, at: new Date().toISOString() }));
    showKept();
  } catch {
    $("check-kept").replaceChildren(say("kept-cannot"));
  }
}

// One entry.

async function checkReceipt(signal: AbortSignal, r: Report): Promise<void> {
  const line = $<HTMLTextAreaElement>("check-receipt").value.trim();
  if (!line) return r.conclude("open", "nothing");
  const key = givenKey(r);
  if (!key) return r.conclude("bad", "receipt-bad");
  let receipt: Receipt;
  try {
    receipt = parseReceipt(line);
  } catch (e) {
    r.fault(e);
    return r.conclude("bad", "receipt-bad");
  }
  const { leaf, fields, n, checkpoint } = receipt;
  await signature(r, checkpoint, key);
  await ownSignature(r, receipt, key);
  const names = (o: object): string => Object.keys(o).map((x) => words.get("field." + x) ?? x).join(page === "ar" ? "، " : ", ") || (words.get("none") ?? "-");
  r.step("note", "receipt-fields", { shown: names(fields.values), withheld: names(fields.hashes) });
  await standsNow(r, receipt, key, signal);
  if (r.state === "bad") return r.conclude("bad", "receipt-bad");
  const kind = words.get("did." + leaf.kind) ?? leaf.kind;
  r.conclude(r.state, "receipt-good", { n, kind, at: utc(leaf.at), size: checkpoint.size });
}

async function ownSignature(r: Report, { leaf }: Receipt, key: Key): Promise<void> {
  if (!leaf.signature) return;
  const by = [key, parseKey(leaf.enrols)].find((k) => k?.id === leaf.key);
  const good = by && (await verify(by, leaf.signature, leaf.message));
  if (good === undefined) r.step("open", "person-open", { key: leaf.key });
  else r.step(good ? "good" : "bad", good ? "person-good" : "person-bad", { key: leaf.key });
}

/** standsNow holds the record as it is served now to the receipt. */
async function standsNow(r: Report, receipt: Receipt, key: Key, signal: AbortSignal): Promise<void> {
  try {
    const { checkpoint } = await newest(signal);
    if (checkpoint.origin !== receipt.checkpoint.origin) return;
    await signedBy(checkpoint, key);
    const tree = await Tree.open(checkpoint.size, checkpoint.root, ofLog(signal));
    await follows(r, tree, checkpoint, receipt.checkpoint, words.get("of-receipt") ?? "");
    if (receipt.n >= checkpoint.size) return;
    const now = same(await tree.leaf(receipt.n), receipt.leaf.hash);
    r.step(now ? "good" : "bad", now ? "same-good" : "same-bad", { n: receipt.n });
  } catch (e) {
    r.fault(e);
  }
}

async function getReceipt(signal: AbortSignal, r: Report): Promise<void> {
  const n = $<HTMLInputElement>("check-entry").value.trim();
  if (!/^\d{1,15}$/.test(n)) return r.conclude("open", "number");
  try {
    $<HTMLTextAreaElement>("check-receipt").value = text(await fetched(`/api/v1/entries/${n}/receipt`, signal, "application/json")) ?? "";
  } catch (e) {
    r.fault(e);
    return;
  }
  await checkReceipt(signal, r);
}

// The page.

/** run holds one check at a time, with a button to stop it. */
async function run(part: "record" | "receipt", check: (signal: AbortSignal, r: Report) => Promise<void>): Promise<void> {
  running[part]?.abort();
  const mine = (running[part] = new AbortController());
  const r = new Report($(`check-${part}-said`), $(`check-${part}-steps`));
  const busy = (on: boolean): void => {
    if (part !== "record") return;
    $<HTMLButtonElement>("check-start").disabled = on;
    $("check-stop").hidden = !on;
    $("check-bar").parentElement!.hidden = !on;
    $<HTMLProgressElement>("check-bar").value = 0;
    $("check-count").replaceChildren();
  };
  busy(true);
  r.conclude("open", "running");
  try {
    await check(mine.signal, r);
  } catch (e) {
    if (!mine.signal.aborted) {
      if (e instanceof Fault) r.fault(e);
      else r.step("bad", "fetch-bad", { what: "", why: e instanceof Error ? e.message : String(e) });
      r.conclude("bad", part === "record" ? "all-bad" : "receipt-bad");
    }
  } finally {
    if (running[part] === mine) busy(false);
    showKept();
  }
}

function start(): void {
  for (const li of document.querySelectorAll<HTMLElement>("#check-words > li")) words.set(li.dataset.name ?? "", li.textContent ?? "");
  $("check").hidden = false;
  $("check-off").hidden = true;
  $("check-start").addEventListener("click", () => void run("record", checkRecord));
  $("check-stop").addEventListener("click", () => running.record?.abort());
  $("check-receipt-start").addEventListener("click", () => void run("receipt", checkReceipt));
  $("check-get").addEventListener("click", () => void run("receipt", getReceipt));
  $("check-keep").addEventListener("click", () => keep(justChecked));
  $("check-forget").addEventListener("click", () => keep(undefined));
  showKept();
  if ($<HTMLInputElement>("check-entry").value) void run("receipt", getReceipt);
}

start();
