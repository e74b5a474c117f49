// The record's log, as docs/ledger.md has it: hashes, the tree, signed checkpoints, leaves,
// fields and receipts. Nothing here knows a page or a server, and nothing is taken on trust:
// what can be written in more than one way has one right way, and all else is a Fault.

/** Bytes of a SHA-256 hash. */
export type Hash = Uint8Array;

/** Fault is what is wrong: a name for it, and what belongs into the sentence. */
export class Fault extends Error {
  constructor(
    readonly say: string,
    readonly args: Record<string, string | number> = {},
  ) {
    super(say + " " + JSON.stringify(args));
  }
}

// SHA-256 (FIPS 180-4), since that of the browser answers each call later: slow for millions.

const primes = (n: number): number[] => {
  const out: number[] = [];
  for (let p = 2; out.length < n; p++) if (out.every((q) => p % q)) out.push(p);
  return out;
};
const fraction = (x: number): number => ((x % 1) * 2 ** 32) | 0;
const rounds = Int32Array.from(primes(64), (p) => fraction(Math.cbrt(p)));
const start = Int32Array.from(primes(8), (p) => fraction(Math.sqrt(p)));
const w = new Int32Array(64);
const turn = (x: number, n: number): number => (x >>> n) | (x << (32 - n));

/** sha256 hashes the parts as one text. */
export function sha256(...parts: Uint8Array[]): Hash {
  const length = parts.reduce((n, p) => n + p.length, 0);
  const text = new Uint8Array((((length + 8) >>> 6) + 1) << 6);
  let at = 0;
  for (const p of parts) {
    text.set(p, at);
    at += p.length;
  }
  text[length] = 0x80;
  const view = new DataView(text.buffer);
  view.setUint32(text.length - 8, Math.floor(length / 2 ** 29));
  view.setUint32(text.length - 4, (length << 3) >>> 0);
  const h = start.slice();
  for (let i = 0; i < text.length; i += 64) block(h, view, i);
  const out = new DataView(new ArrayBuffer(32));
  h.forEach((x, i) => out.setInt32(4 * i, x));
  return new Uint8Array(out.buffer);
}

function block(h: Int32Array, view: DataView, at: number): void {
  for (let i = 0; i < 16; i++) w[i] = view.getInt32(at + 4 * i);
  for (let i = 16; i < 64; i++) {
    const x = w[i - 15]!, y = w[i - 2]!;
    w[i] = (w[i - 16]! + (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + w[i - 7]! + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10))) | 0;
  }
  let a = h[0]!, b = h[1]!, c = h[2]!, d = h[3]!, e = h[4]!, f = h[5]!, g = h[6]!, k = h[7]!;
  for (let i = 0; i < 64; i++) {
    const s = (k + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + rounds[i]! + w[i]!) | 0;
    const m = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    k = g; g = f; f = e; e = (d + s) | 0; d = c; c = b; b = a; a = (s + m) | 0;
  }
  const add = [a, b, c, d, e, f, g, k];
  for (let i = 0; i < 8; i++) h[i] = (h[i]! + add[i]!) | 0;
}

// Texts and bytes.

const utf8 = new TextEncoder();

/** bytes of a text in UTF-8. */
export const bytes = (text: string): Uint8Array => utf8.encode(text);

/** text of bytes that must be UTF-8; undefined where they are not. */
export function text(b: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(b);
  } catch {
    return undefined;
  }
}

/** base64 of bytes. */
export const base64 = (b: Uint8Array): string => btoa(Array.from(b, (x) => String.fromCharCode(x)).join(""));

/** hex of bytes. */
export const hex = (b: Uint8Array): string => Array.from(b, (x) => x.toString(16).padStart(2, "0")).join("");

/** unbase64 reads base64 in its one form; undefined for any other, or another length. */
export function unbase64(s: string, length?: number): Uint8Array | undefined {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(s) || s.length % 4) return undefined;
  const b = Uint8Array.from(atob(s), (c) => c.charCodeAt(0));
  return base64(b) === s && (length === undefined || b.length === length) ? b : undefined;
}

/** same reports whether two hashes are one. */
export const same = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((x, i) => x === b[i]);

/** count reads a decimal number without leading zeros, at most 2^48; undefined for anything else. */
export function count(s: string): number | undefined {
  const n = Number(s);
  return /^(0|[1-9][0-9]{0,15})$/.test(s) && n <= 2 ** 48 ? n : undefined;
}

// The tree (RFC 6962, 2.1).

const zero = Uint8Array.of(0), one = Uint8Array.of(1);

export const leafHash = (leaf: Uint8Array): Hash => sha256(zero, leaf);
export const nodeHash = (left: Hash, right: Hash): Hash => sha256(one, left, right);

/** peaks are the roots of the largest perfect subtrees over hashes of one height, from the left. */
export function peaks(hashes: Uint8Array): Hash[] {
  const n = hashes.length / 32;
  const out: Hash[] = [];
  let at = 0;
  for (let size = 2 ** Math.floor(Math.log2(Math.max(n, 1))); size >= 1; size /= 2) {
    if (at + size > n) continue;
    let row: Hash[] = [];
    for (let i = 0; i < size; i++) row.push(hashes.subarray(32 * (at + i), 32 * (at + i + 1)));
    while (row.length > 1) row = row.filter((_, i) => i % 2 === 0).map((h, i) => nodeHash(h, row[2 * i + 1]!));
    out.push(row[0]!);
    at += size;
  }
  return out;
}

/** fold is the root over perfect subtrees, the largest first. */
export const fold = (list: Hash[]): Hash => (list.length ? list.reduceRight((right, left) => nodeHash(left, right)) : sha256());

/** included reports whether a proof leads from leaf n to the root of size leaves. */
export function included(proof: Hash[], size: number, root: Hash, n: number, leaf: Hash): boolean {
  if (n >= size) return false;
  let at = n, last = size - 1, hash = leaf;
  for (const p of proof) {
    if (last === 0) return false;
    if (at % 2 || at === last) {
      hash = nodeHash(p, hash);
      while (at % 2 === 0 && at > 0) {
        at /= 2;
        last = Math.floor(last / 2);
      }
    } else hash = nodeHash(hash, p);
    at = Math.floor(at / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && same(hash, root);
}

// Tiles: 256 hashes of one level side by side (docs/ledger.md, 5).

const width = 256;

/** tilePath is where a tile stands under the log; level "entries" is the bundle of its leaves. */
export function tilePath(level: number | "entries", n: number, w: number): string {
  let name = String(n % 1000).padStart(3, "0");
  for (let rest = Math.floor(n / 1000); rest > 0; rest = Math.floor(rest / 1000)) name = `x${String(rest % 1000).padStart(3, "0")}/${name}`;
  return `tile/${level}/${name}${w < width ? `.p/${w}` : ""}`;
}

/** Get fetches what stands at a path under the log. */
export type Get = (path: string) => Promise<Uint8Array>;

/**
 * Tree is a tree under a root that is trusted. It hands out only hashes that lead to the root:
 * the newest tiles of all levels give the root together, and every full tile gives the hash
 * that stands for it one level higher.
 */
export class Tree {
  private readonly edges: Uint8Array[] = [];
  private readonly full = new Map<string, Promise<Uint8Array>>();

  private constructor(
    readonly size: number,
    private readonly get: Get,
    private readonly got: () => void,
  ) {}

  /** open reads the newest tiles and holds them to the root. got is told of every tile that is good. */
  static async open(size: number, root: Hash, get: Get, got: () => void = () => {}): Promise<Tree> {
    const t = new Tree(size, get, got);
    const tiles: { path: string; from: number; to: number }[] = [];
    for (let level = 0; level < t.levels(); level++) {
      const have = t.hashes(level), w = have % width, covers = width ** level;
      const path = tilePath(level, Math.floor(have / width), w);
      t.edges.push(w ? await t.read(path, w) : new Uint8Array());
      if (w) tiles.push({ path, from: (have - w) * covers, to: have * covers - 1 });
    }
    if (!same(fold(t.edges.toReversed().flatMap(peaks)), root)) {
      const { from = 0, to = 0 } = tiles[0] ?? {};
      throw new Fault("edge-bad", { tiles: tiles.map((x) => x.path).join(" "), from, to });
    }
    tiles.forEach(got);
    return t;
  }

  /** levels is how many levels there are. */
  levels(): number {
    let n = 0;
    while (this.hashes(n) >= 1) n++;
    return n;
  }

  /** hashes is how many hashes a level has. */
  hashes(level: number): number {
    return Math.floor(this.size / width ** level);
  }

  /** tiles is how many tiles there are on all levels. */
  tiles(): number {
    let n = 0;
    for (let level = 0; level < this.levels(); level++) n += Math.ceil(this.hashes(level) / width);
    return n;
  }

  /** tile returns a tile's hashes, which lead to the root. */
  tile(level: number, n: number): Promise<Uint8Array> {
    if (n === Math.floor(this.hashes(level) / width)) return Promise.resolve(this.edges[level]!);
    const path = tilePath(level, n, width);
    const had = this.full.get(path);
    if (had) return had;
    const read = this.checked(level, n, path);
    if (level > 0) this.full.set(path, read); // those of level 0 are many, and each is wanted once
    return read;
  }

  private async checked(level: number, n: number, path: string): Promise<Uint8Array> {
    const above = await this.tile(level + 1, Math.floor(n / width));
    const want = above.subarray(32 * (n % width), 32 * (n % width) + 32);
    const tile = await this.read(path, width);
    if (!same(peaks(tile)[0]!, want)) {
      const covers = width ** (level + 1);
      throw new Fault("tile-bad", { tile: path, from: n * covers, to: (n + 1) * covers - 1 });
    }
    this.got();
    return tile;
  }

  private async read(path: string, w: number): Promise<Uint8Array> {
    const tile = await this.get(path);
    if (tile.length !== 32 * w) throw new Fault("tile-size", { tile: path, got: tile.length, want: 32 * w });
    return tile;
  }

  /** leaf is the hash of a leaf. */
  async leaf(n: number): Promise<Hash> {
    const tile = await this.tile(0, Math.floor(n / width));
    return tile.subarray(32 * (n % width), 32 * (n % width) + 32);
  }

  /** rootAt is the root that the tree had when it had size leaves. */
  async rootAt(size: number): Promise<Hash> {
    const parts: Hash[][] = [];
    for (let have = size, level = 0; have >= 1; have = Math.floor(have / width), level++) {
      const w = have % width;
      const tile = w ? await this.tile(level, Math.floor(have / width)) : new Uint8Array();
      parts.unshift(peaks(tile.subarray(0, 32 * w)));
    }
    return fold(parts.flat());
  }

  /**
   * all reads every tile, a few at a time, and returns what is wrong: at most most faults, each
   * once. It stops early when stop says so.
   */
  async all(stop: () => boolean, atOnce = 6, most = 10): Promise<Fault[]> {
    const faults = new Map<string, Fault>();
    const last = Math.floor(this.size / width);
    let next = 0, over = false;
    const work = async (): Promise<void> => {
      while (next < last && !over && !stop() && faults.size < most) {
        const n = next++;
        try {
          await this.tile(0, n);
        } catch (e) {
          over = !(e instanceof Fault);
          if (!(e instanceof Fault)) throw e;
          faults.set(e.message, e);
        }
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    return [...faults.values()];
  }
}

/** leaves splits a bundle of leaves; undefined where it cannot be split. */
export function leaves(bundle: Uint8Array): Uint8Array[] | undefined {
  const out: Uint8Array[] = [];
  for (let at = 0; at < bundle.length; ) {
    const length = 256 * bundle[at]! + (bundle[at + 1] ?? NaN);
    if (!(at + 2 + length <= bundle.length)) return undefined;
    out.push(bundle.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return out;
}
