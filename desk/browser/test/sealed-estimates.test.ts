/** Estimates on a lock: opened by their own key, and by nothing else. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openMarks, parseKey, parseSealed, sealMarks } from "../src/screen/sealed-estimates.ts";

const MARKS = [{ name: "jongste kind", marks: { financien: "4", justitie: "2" } }];
const aKey = () => ({ at: 1_780_000_000, key: crypto.getRandomValues(new Uint8Array(32)) });

test("its own key opens what was sealed", async () => {
  const key = aKey();
  assert.deepEqual(await openMarks(await sealMarks(MARKS, key), key.key), MARKS);
});

test("another key, or a changed byte, opens nothing", async () => {
  const key = aKey();
  const sealed = await sealMarks(MARKS, key);
  assert.equal(await openMarks(sealed, aKey().key), null);
  const swapped = sealed.data.startsWith("A") ? "B" : "A";
  assert.equal(await openMarks({ ...sealed, data: swapped + sealed.data.slice(1) }, key.key), null);
});

test("what is sealed shows no name and no mark", async () => {
  const kept = JSON.stringify(await sealMarks(MARKS, aKey()));
  for (const word of ["jongste", "financien", "marks"]) assert.ok(!kept.includes(word));
});

test("what a tab kept that is not ours is nothing", () => {
  for (const stored of [null, "", "{", "7", "{}", '{"at":"1","nonce":"a","data":"b"}']) assert.equal(parseSealed(stored), null);
});

test("an answer that is no key is refused", () => {
  for (const found of [null, {}, { at: "1", key: "AA" }, { at: 1 }]) assert.throws(() => parseKey(found));
});
