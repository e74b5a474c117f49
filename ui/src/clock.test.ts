import assert from "node:assert/strict";
import { test } from "node:test";
import { lengthOf, passed, say } from "./clock";

const minute = 60_000, hour = 60 * minute, day = 24 * hour;

test("lengths are rounded down, and the longer the coarser", () => {
  assert.deepEqual(lengthOf(59_999), { days: 0, hours: 0, minutes: 0, seconds: 0 });
  assert.deepEqual(lengthOf(59_999, true), { days: 0, hours: 0, minutes: 0, seconds: 59 });
  assert.deepEqual(lengthOf(-3 * hour - 5 * minute, true), { days: 0, hours: 3, minutes: 5, seconds: 0 });
  assert.deepEqual(lengthOf(2 * day + 3 * hour + 4 * minute), { days: 2, hours: 3, minutes: 0, seconds: 0 });
  assert.deepEqual(lengthOf(10 * day + 3 * hour), { days: 10, hours: 0, minutes: 0, seconds: 0 });
});

test("lengths are said in the language of the page", () => {
  assert.equal(say(lengthOf(hour + 2 * minute), "en"), "1 hour 2 minutes");
  assert.equal(say(lengthOf(1000), "en"), "0 minutes");
  assert.match(say(lengthOf(3 * hour), "ar"), /^3 ساعات$/);
});

test("ten minutes before and the end are announced, each once", () => {
  assert.equal(passed(11 * minute, 10 * minute), "soon");
  assert.equal(passed(10 * minute, 9 * minute), null);
  assert.equal(passed(1000, 0), "over");
  assert.equal(passed(0, -1000), null);
  assert.equal(passed(20 * minute, -1), "over");
});
