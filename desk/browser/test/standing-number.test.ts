/** What was said of a person goes with that person's number. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { StandingNumber } from "../src/screen/standing-number.ts";

/** Type these one after the other, and tell after which of them somebody was gone. */
function partings(typed: readonly string[]): boolean[] {
  const standing = new StandingNumber();
  return typed.map((each) => standing.note(each));
}

test("a number that is being typed, or mistyped, is of nobody yet", () => {
  assert.deepEqual(partings(["", "9", "99999365", "999993652", "999993653"]), [false, false, false, false, false]);
});

test("the same number written otherwise is the same person", () => {
  assert.deepEqual(partings(["999993653", "9999 93 653", "9999.93.653"]), [false, false, false]);
});

test("a number that is replaced, emptied, shortened or made longer is somebody else's", () => {
  for (const next of ["123456782", "", "99999365", "9999936531"]) {
    assert.deepEqual(partings(["999993653", next, next]), [false, true, false], next);
  }
});
