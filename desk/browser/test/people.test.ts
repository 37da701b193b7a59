/** What people are called on the page. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { nameAll } from "../src/screen/people.ts";
import { useTexts } from "../src/screen/texts.ts";

useTexts({ person: "persoon {number}" });

test("who got no name has a number", () => {
  assert.deepEqual(nameAll(["ouder", ""]), ["ouder", "persoon 2"]);
});

test("two who are called alike are told apart", () => {
  assert.deepEqual(nameAll(["kind", "ouder", "Kind"]), ["kind (1)", "ouder", "Kind (3)"]);
});
