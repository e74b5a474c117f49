import assert from "node:assert/strict";
import { test } from "node:test";
import { readShares } from "./ink";

test("names of pictures of shares", () => {
  assert.deepEqual(readShares("m4-2"), { solid: 4, hatched: 2 });
  assert.deepEqual(readShares("m0-12"), { solid: 0, hatched: 12 });
  for (const name of ["", "m", "m4", "m-1-2", "m12-12", "m4-2x", "ground-0", "m100-1"]) assert.equal(readShares(name), null, name);
});
