import assert from "node:assert/strict";
import { test } from "node:test";
import { fill, formAddress, joined, readView, templated, withParams, writeView } from "./address";

test("a view is read back as it was written, to a few pixels", () => {
  for (const v of [{ zoom: 0, lat: 0, lon: 0 }, { zoom: 6.25, lat: 36.2, lon: 37.15 }, { zoom: 14.5, lat: -33.123456, lon: -179.9 }, { zoom: 3, lat: 85, lon: 180 }]) {
    const back = readView(writeView(v));
    assert.ok(back);
    const pixel = 360 / (512 * 2 ** v.zoom);
    assert.ok(Math.abs(back.lat - v.lat) <= 8 * pixel && Math.abs(back.lon - v.lon) <= 8 * pixel, writeView(v));
  }
});

test("what is no view is none", () => {
  for (const text of [null, "", "7", "7/36", "7/36/37/1", "x/36/37", "7/91/37", "7/36/181", "-1/0/0", "23/0/0", "1e3/0/0", "7/36/Infinity", "7/ 36/37", "7/36/37.123456789", "NaN/NaN/NaN"]) assert.equal(readView(text), null, String(text));
});

test("parameters are set, and taken out where empty; others stay as they are", () => {
  assert.equal(withParams("http://x/a?b=1&map=2/3/4#c", { map: "7/36.2/37", b: "", d: "ä b" }), "http://x/a?map=7/36.2/37&d=%C3%A4+b#c");
  assert.equal(withParams("http://x/", {}), "http://x/");
});

test("a form leaves out what is empty", () => {
  assert.equal(formAddress("http://x/incidents?old=1", [["q", " "], ["outcome", "violation"], ["outcome", "undetermined"], ["from", ""]]), "http://x/incidents?outcome=violation&outcome=undetermined");
});

test("words are filled in once, and hostile values stay words", () => {
  assert.equal(fill("New entries: {n}.", { n: 3 }), "New entries: 3.");
  assert.equal(fill("{a} {b} {c}", { a: "{b}", b: "<b>" }), "{b} <b> {c}");
});

test("ids and names are escaped", () => {
  assert.equal(templated("/incidents/{id}", "a/../b?c#d"), "/incidents/a%2F..%2Fb%3Fc%23d");
  assert.equal(templated("/incidents/%7Bid%7D?as_of=3", "C1"), "/incidents/C1?as_of=3");
  assert.equal(joined("/incidents?q=1", "at", "eA&B"), "/incidents?q=1&at=eA%26B");
  assert.equal(joined("/incidents", "at", "c1.2.3"), "/incidents?at=c1.2.3");
});
