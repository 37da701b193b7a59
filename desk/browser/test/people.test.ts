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

test("no two people are called the same, whatever was typed", () => {
  assert.deepEqual(nameAll(["kind", "kind", "kind (2)"]), ["kind (1)", "kind (3)", "kind (2)"]);
  const typed = [["kind (1)", "kind", "kind"], ["", "persoon 1"], ["kind", "KIND ", "kind\u200b", "kind (3)", "kind (4)"], ["kind (1)", "kind (1)", "kind", "kind"], ["jong kind", "jong  kind"]];
  for (const names of typed) {
    const shown = nameAll(names).map((name) => name.toLowerCase());
    assert.equal(new Set(shown).size, names.length, JSON.stringify(shown));
  }
});
