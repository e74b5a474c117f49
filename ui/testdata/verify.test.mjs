// Asks the check in the browser about cases that package ledger made; see ../verify_test.go.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const check = await import(process.env.BUNDLE);
const cases = JSON.parse(readFileSync(process.env.CASES, "utf8"));
const raw = (b64) => new Uint8Array(Buffer.from(b64 ?? "", "base64"));
const b64 = (b) => Buffer.from(b).toString("base64");

test("SHA-256 is that of the browser", async () => {
  for (const c of cases.hashes) {
    const sum = b64(check.sha256(raw(c.In)));
    assert.equal(sum, c.Sum);
    assert.equal(sum, b64(new Uint8Array(await crypto.subtle.digest("SHA-256", raw(c.In)))));
  }
  assert.equal(b64(check.sha256(raw(cases.hashes[299].In), raw(cases.hashes[77].In))), b64(check.sha256(new Uint8Array([...raw(cases.hashes[299].In), ...raw(cases.hashes[77].In)]))));
  assert.equal(b64(check.sha256(new Uint8Array(1 << 20))), b64(new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(1 << 20)))));
});

test("the numbers of docs/ledger.md come out", () => {
  assert.equal(b64(check.fieldsRoot(cases.fields.Partial)), cases.fields.Root);
  assert.equal(b64(check.leafHash(check.bytes(cases.leaf[0]))), cases.leaf[1]);
  assert.equal(b64(check.parseLeaf(cases.leaf[0]).hash), cases.leaf[1]);
  assert.equal(check.parseKey("desk.example+60b3edb2+AQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f").id, "desk.example+60b3edb2");
  assert.equal(check.tilePath(3, 1234067, 256), "tile/3/x001/x234/067");
  assert.equal(check.tilePath("entries", 5, 17), "tile/entries/005.p/17");
});

const holds = async (line, key) => {
  const text = check.text(line);
  if (text === undefined) return false;
  try {
    const r = check.parseReceipt(text);
    const signed = await check.signedBy(r.checkpoint, key);
    assert.notEqual(signed, undefined, "node cannot check Ed25519");
    return signed;
  } catch (e) {
    if (!(e instanceof check.Fault)) throw e;
    return false;
  }
};

test("receipts: what the ledger takes is taken, all else refused", async () => {
  const key = check.parseKey(cases.key);
  let good = 0;
  for (const c of cases.receipts) {
    assert.equal(await holds(raw(c.Text), key), c.Good, c.What + ": " + Buffer.from(c.Text, "base64"));
    good += c.Good;
  }
  assert.ok(good >= 7 && cases.receipts.length > 3000);
});

test("checkpoints: what the ledger reads is read the same, all else refused", () => {
  for (const c of cases.notes) {
    const text = check.text(raw(c.Text));
    let read;
    try {
      read = text === undefined ? undefined : check.parseCheckpoint(text);
    } catch (e) {
      if (!(e instanceof check.Fault)) throw e;
    }
    assert.equal(read !== undefined, c.Good, JSON.stringify(text));
    if (read) assert.deepEqual([read.origin, read.size, b64(read.root)], [c.Origin, c.Size, c.Root]);
  }
});

const served = (tree, bad) => async (path) => {
  assert.ok(tree.Tiles[path], "no such tile: " + path);
  const tile = raw(tree.Tiles[path]);
  if (bad?.Path === path) tile[bad.At] ^= 1;
  return tile;
};

test("trees: tiles lead to the root, and to the roots of smaller sizes", async () => {
  for (const c of cases.trees) {
    let got = 0;
    const t = await check.Tree.open(c.Size, raw(c.Root), served(c), () => got++);
    assert.deepEqual(await t.all(() => false), []);
    assert.equal(got, Object.keys(c.Tiles).length, `size ${c.Size}`);
    assert.equal(t.tiles(), got);
    for (const [size, root] of Object.entries(c.Roots)) assert.equal(b64(await t.rootAt(Number(size))), root, `${c.Size} at ${size}`);
    for (const n of [0, Math.floor(c.Size / 2), c.Size - 1]) assert.equal(b64(await t.leaf(n)), b64(check.leafHash(check.bytes(`leaf ${n}`))));
  }
});

test("trees: one bit changed in any tile is found, and where", async () => {
  for (const c of cases.trees) {
    for (const bad of c.Bad) {
      let faults;
      try {
        const t = await check.Tree.open(c.Size, raw(c.Root), served(c, bad));
        faults = await t.all(() => false);
      } catch (e) {
        faults = [e];
      }
      assert.equal(faults.length, 1, `${c.Size} ${bad.Path}: ${faults}`);
      const named = (faults[0].args.tile ?? faults[0].args.tiles).split(" ");
      assert.ok(named.includes(bad.Path), `${c.Size} ${bad.Path}: ${faults[0].message}`);
      if (!bad.Path.includes(".p/")) assert.deepEqual(named, [bad.Path]);
    }
  }
});

test("what is cut short, stopped or cannot be had is said", async () => {
  const c = cases.trees.find((t) => t.Size === 66000);
  const root = raw(c.Root);
  const open = (get) => check.Tree.open(c.Size, root, get);
  await assert.rejects(open(async (path) => (await served(c)(path)).subarray(1)), (e) => e.say === "tile-size");
  await assert.rejects(open(async () => { throw new check.Fault("fetch-bad", { what: "x" }); }), (e) => e.say === "fetch-bad");
  let asked = 0;
  const t = await open(served(c));
  assert.deepEqual(await t.all(() => ++asked > 20), []);
  assert.ok(asked < 30);
  const broken = await open(async (path) => {
    if (path === "tile/0/100") throw new Error("gone");
    return served(c)(path);
  });
  await assert.rejects(broken.all(() => false), /gone/);
});
