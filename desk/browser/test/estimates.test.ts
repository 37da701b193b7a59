/** What an estimate says outside the page: domains and marks, no one and no flag. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { writeEstimates } from "../src/screen/estimates.ts";
import { useTexts } from "../src/screen/texts.ts";

useTexts({ "estimates-head": "Samen gemaakt op {day}", "estimates-scale": "1 tot 5" });

test("an estimate as text has a line for each domain that was estimated", () => {
  const written = writeEstimates([{ domain: "financien", label: "Financiën", estimate: 2 }], new Date("2026-11-30T10:00:00Z"));
  assert.equal(written, "Samen gemaakt op 30 november 2026\n1 tot 5\nFinanciën: 2");
});
