import assert from "node:assert/strict";
import { test } from "node:test";
import { nearest, step, stretch } from "./stretch";

const bars = [{ from: "2016-02-27", to: "2016-02-28" }, { from: "2016-02-28", to: "2016-02-29" }, { from: "2016-02-29", to: "2016-03-01" }];

test("a stretch goes from the first bar's start until the last one's end, whichever way it was drawn", () => {
  assert.deepEqual(stretch(bars, 0, 2), { from: "2016-02-27", to: "2016-03-01" });
  assert.deepEqual(stretch(bars, 2, 0), { from: "2016-02-27", to: "2016-03-01" });
  assert.deepEqual(stretch(bars, 1, 1), { from: "2016-02-28", to: "2016-02-29" });
  assert.equal(stretch(bars, 0, 3), null);
  assert.equal(stretch([], 0, 0), null);
});

test("steps stay inside", () => {
  assert.equal(step(3, 0, -1), 0);
  assert.equal(step(3, 1, 7), 2);
  assert.equal(step(3, 1, 1), 2);
});

test("the nearest bar, from left to right and from right to left", () => {
  assert.equal(nearest([10, 20, 30], 24), 1);
  assert.equal(nearest([30, 20, 10], 24), 1);
  assert.equal(nearest([10, 20, 30], -5), 0);
  assert.equal(nearest([10, 20, 30], 500), 2);
});
