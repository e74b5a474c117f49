// What is signed and what is shown: keys, checkpoints, leaves, fields and receipts, as
// docs/ledger.md has them.

import { Fault, type Hash, base64, bytes, count, hex, included, leafHash, same, sha256, unbase64 } from "./log";

/** Key is a public key that signs entries and checkpoints. */
export interface Key {
  id: string;
  name: string;
  public: Uint8Array;
}

const keyName = /^[!-*,-~]{1,128}$/; // visible ASCII without a plus

/** parseKey reads a verifier key; undefined for anything else. */
export function parseKey(s: string): Key | undefined {
  const [name = "", hash = "", ...rest] = s.split("+");
  const raw = unbase64(rest.join("+"), 33);
  if (!keyName.test(name) || raw?.[0] !== 1) return undefined;
  const sum = sha256(bytes(name + "\n"), raw);
  return hash === hex(sum.subarray(0, 4)) ? { id: `${name}+${hash}`, name, public: raw.subarray(1) } : undefined;
}

/** verify checks an Ed25519 signature; undefined where the browser cannot. */
export async function verify(key: Key, signature: Uint8Array, message: Uint8Array): Promise<boolean | undefined> {
  try {
    const k = await crypto.subtle.importKey("raw", new Uint8Array(key.public), "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", k, new Uint8Array(signature), new Uint8Array(message));
  } catch (e) {
    return e instanceof DOMException && e.name !== "NotSupportedError" ? false : undefined;
  }
}

/** Checkpoint is a signed note, read but not checked. */
export interface Checkpoint {
  origin: string;
  size: number;
  root: Hash;
  text: string; // what is signed
  signatures: { id: string; raw: Uint8Array }[]; // raw: without the key's hash
}

/** parseCheckpoint reads a signed note. */
export function parseCheckpoint(signed: string): Checkpoint {
  const cut = signed.lastIndexOf("\n\n");
  const head = signed.slice(0, cut + 1);
  const lines = head.split("\n");
  const [origin = "", size = "", root = ""] = lines;
  const n = count(size), hash = unbase64(root, 32);
  const fits = cut >= 0 && bytes(signed).length <= 1e6 && !/[\0-\x09\x0b-\x1f]/.test(signed) && wellFormed(signed);
  if (!fits || !origin || n === undefined || !hash || lines.slice(3, -1).includes("")) throw new Fault("note-bad");
  return { origin, size: n, root: hash, text: head, signatures: signatures(signed.slice(cut + 2)) };
}

function signatures(block: string): Checkpoint["signatures"] {
  const lines = block.split("\n");
  if (lines.pop() !== "" || lines.length === 0 || lines.length > 100) throw new Fault("note-bad");
  const out = lines.map((line) => {
    const m = /^— ([^\s+\u0085]+) (\S+)$/u.exec(line);
    const raw = unbase64(m?.[2] ?? "");
    if (!m || !raw || raw.length < 5) throw new Fault("note-bad");
    return { id: `${m[1]}+${hex(raw.subarray(0, 4))}`, raw: raw.subarray(4) };
  });
  if (new Set(out.map((s) => s.id)).size < out.length) throw new Fault("note-bad");
  return out;
}

/** signedBy says whether a key of the record's own signed a checkpoint: yes, or undefined where the browser cannot tell. */
export async function signedBy(c: Checkpoint, key: Key): Promise<true | undefined> {
  if (key.name !== c.origin) throw new Fault("key-origin", { key: key.name, origin: c.origin });
  const mine = c.signatures.find((s) => s.id === key.id);
  if (!mine) throw new Fault("sig-none", { key: key.id });
  const good = mine.raw.length === 64 ? await verify(key, mine.raw, bytes(c.text)) : false;
  if (good === false) throw new Fault("sig-bad", { key: key.id });
  return good;
}

/** Leaf is an entry as it stands in the tree. */
export interface Leaf {
  kind: string;
  at: string;
  root: Hash; // of its fields
  key: string;
  enrols: string;
  signature: Uint8Array | undefined;
  message: Uint8Array; // what it signs
  hash: Hash;
}

/** parseLeaf reads the seven lines. */
export function parseLeaf(leaf: string): Leaf {
  const lines = leaf.split("\n");
  const [head = "", kind = "", at = "", root = "", key = "", enrols = "", sig = ""] = lines;
  const need = (line: number, good: unknown): void => {
    if (!good) throw new Fault("leaf-form", { line });
  };
  need(1, head === "truce/entry/1");
  need(2, /^[a-z]+(\.[a-z]+)+$/.test(kind) && kind.length <= 64);
  need(3, instant(at));
  const hash = unbase64(root, 32);
  need(4, hash);
  const [, name = ""] = /^(.*)\+[0-9a-f]{8}$/s.exec(key) ?? [];
  need(5, keyName.test(name));
  need(6, kind === "key.enrolled" || kind === "key.revoked" ? parseKey(enrols) : enrols === "-");
  const signature = sig === "-" ? undefined : unbase64(sig, 64);
  need(7, sig === "-" || signature);
  need(8, lines.length === 8 && lines[7] === "" && wellFormed(leaf));
  return { kind, at, root: hash!, key, enrols, signature, message: bytes(lines.slice(0, 6).join("\n") + "\n"), hash: leafHash(bytes(leaf)) };
}

/** instant reports whether a text is a time in UTC that there is. */
function instant(s: string): boolean {
  const m = /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/.exec(s);
  if (!m) return false;
  const [year, month, day] = [Number(m[1]), Number(m[2]), Number(m[3])];
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return day >= 1 && day <= (days[month - 1] ?? 0);
}

/** wellFormed reports whether every surrogate of a text has its pair. */
const wellFormed = (s: string): boolean => !/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(s);

/** canonical writes a value as RFC 8785 does; undefined for what it cannot write, or nested too deeply. */
export function canonical(v: unknown, depth = 0): string | undefined {
  if (depth > 100) return undefined;
  if (v === null || typeof v === "boolean") return JSON.stringify(v);
  if (typeof v === "number") return Number.isFinite(v) ? JSON.stringify(v) : undefined;
  if (typeof v === "string") return wellFormed(v) ? JSON.stringify(v) : undefined;
  const parts: string[] = [];
  const object = v as Record<string, unknown>;
  for (const name of Array.isArray(v) ? v.keys() : Object.keys(object).sort()) {
    const value = canonical(object[name], depth + 1);
    const before = typeof name === "number" ? "" : canonical(name);
    if (value === undefined || before === undefined) return undefined;
    parts.push(before === "" ? value : `${before}:${value}`);
  }
  return Array.isArray(v) ? `[${parts.join(",")}]` : `{${parts.join(",")}}`;
}

/** Fields is the content of an entry in the partial form. */
export interface Fields {
  hashes: Record<string, string>;
  salts: Record<string, string>;
  values: Record<string, unknown>;
}

const isObject = (v: unknown): v is Record<string, unknown> => typeof v === "object" && v !== null && !Array.isArray(v);
const fieldName = (s: string): boolean => /^[a-z][a-z0-9_]{0,63}$/.test(s);

/** fieldsRoot is the commitment to all fields. */
export function fieldsRoot(f: Fields): Hash {
  const sums = new Map<string, string>();
  for (const [name, hash] of Object.entries(f.hashes)) {
    if (!fieldName(name) || typeof hash !== "string" || !unbase64(hash, 32)) throw new Fault("fields-form");
    sums.set(name, hash);
  }
  for (const [name, value] of Object.entries(f.values)) {
    const salt = unbase64(typeof f.salts[name] === "string" ? f.salts[name] : "", 16), written = canonical(value);
    if (!fieldName(name) || !Object.hasOwn(f.salts, name) || !salt || written === undefined || sums.has(name)) throw new Fault("fields-form");
    sums.set(name, base64(sha256(bytes(`truce/field/1\n${name}\n`), salt, bytes(written))));
  }
  if (Object.keys(f.salts).length !== Object.keys(f.values).length) throw new Fault("fields-form");
  const lines = [...sums.keys()].sort().map((name) => `${name} ${sums.get(name)}\n`);
  return sha256(bytes("truce/fields/1\n" + lines.join("")));
}

/** Receipt proves one entry. */
export interface Receipt {
  leaf: Leaf;
  fields: Fields;
  n: number;
  checkpoint: Checkpoint;
}

/** parseReceipt reads a receipt and checks everything in it but signatures. */
export function parseReceipt(line: string): Receipt {
  const wrong = (why: string): Fault => new Fault("receipt-form", { why });
  let r: unknown;
  try {
    r = JSON.parse(line);
  } catch (e) {
    throw wrong(e instanceof Error ? e.message : String(e));
  }
  if (!isObject(r) || typeof r.leaf !== "string" || !isObject(r.fields) || typeof r.proof !== "string") throw wrong("leaf, fields, proof");
  const { hashes, salts, values } = r.fields;
  if (!isObject(hashes) || !isObject(salts) || !isObject(values)) throw new Fault("fields-form");
  // Values stand two levels down in the receipt, and may be as deep as anywhere.
  const written = Object.keys(values).sort().map((name) => `${canonical(name)}:${canonical(values[name])}`);
  const fields = `{"hashes":${canonical(hashes)},"salts":${canonical(salts)},"values":{${written.join(",")}}}`;
  if (`{"leaf":${canonical(r.leaf)},"fields":${fields},"proof":${canonical(r.proof)}}` !== line) throw wrong("RFC 8785");
  const leaf = parseLeaf(r.leaf), f = { hashes, salts, values } as Fields;
  if (!same(fieldsRoot(f), leaf.root)) throw new Fault("fields-bad");
  return { leaf, fields: f, ...proved(r.proof, leaf.hash) };
}

/** proved reads a proof and follows it from a leaf to the root of its checkpoint. */
function proved(proof: string, leaf: Hash): { n: number; checkpoint: Checkpoint } {
  const lines = proof.split("\n");
  const end = lines.indexOf("", 2);
  const n = count(/^index (.*)$/.exec(lines[1] ?? "")?.[1] ?? "");
  const path = lines.slice(2, Math.max(end, 2)).map((l) => unbase64(l, 32));
  if (lines[0] !== "c2sp.org/tlog-proof@v1" || n === undefined || end < 0 || path.length > 64 || path.includes(undefined)) throw new Fault("proof-form");
  const checkpoint = parseCheckpoint(lines.slice(end + 1).join("\n"));
  if (!included(path as Hash[], checkpoint.size, checkpoint.root, n, leaf)) throw new Fault("proof-bad", { n });
  return { n, checkpoint };
}
