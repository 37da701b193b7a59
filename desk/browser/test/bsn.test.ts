/** The number: 11-proof, what may stand between the digits, and that nothing is left. */
import assert from "node:assert/strict";
import { inspect } from "node:util";
import { test } from "node:test";
import { parseBsn } from "../src/bsn.ts";
import { InvalidBsn } from "../src/errors.ts";

test("spaces and dots may stand between the digits", () => {
  for (const typed of ["999993653", "999 993 653", "999.993.653", " 9999 93653 ", "999-993-653"]) {
    assert.equal(parseBsn(typed).spend((bytes) => new TextDecoder().decode(bytes)), "nl-bsn:999993653");
  }
});

test("a leading zero is kept", () => {
  assert.equal(parseBsn("000000012").spend((bytes) => bytes.length), 16);
});

for (const [typed, text] of [
  ["", "bsn-empty"], ["99999365", "bsn-too-short"], ["9999936530", "bsn-too-long"],
  ["999993654", "bsn-typo"], ["000000000", "bsn-typo"], ["99999365a", "bsn-digits-only"],
  ["٩٩٩٩٩٣٦٥٣", "bsn-digits-only"],
] as const) {
  test(`what is wrong is told: ${text}`, () => {
    assert.throws(() => parseBsn(typed), (error) => error instanceof InvalidBsn && error.text === text);
  });
}

test("the bytes are gone once they are spent", () => {
  let kept = new Uint8Array();
  parseBsn("999993653").spend((bytes) => {
    kept = bytes as Uint8Array<ArrayBuffer>;
  });
  assert.ok(kept.every((byte) => byte === 0));
});

test("no error and no printed form holds the number", () => {
  assert.ok(!inspect(parseBsn("999993653"), { showHidden: true, depth: 5 }).includes("999993653"));
  assert.throws(() => parseBsn("999993654"), (error: Error) => !`${error.stack}`.includes("999993654"));
});
