/** Names beside bars: two lines at most, cut where they end and nowhere else. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { wrap } from "../src/screen/officer/lines.ts";

test("a short name stays on one line", () => {
  assert.deepEqual(wrap("centrum"), ["centrum"]);
});

test("a longer name breaks between words", () => {
  assert.deepEqual(wrap("Onderzoek na een melding (Wmo)"), ["Onderzoek na een", "melding (Wmo)"]);
});

test("what does not fit on two lines ends with a sign that there is more", () => {
  const lines = wrap("Veiligheid in huis (Wmo hoofdstuk 4, meldcode huiselijk geweld)");
  assert.equal(lines.length, 2);
  assert.ok(lines[1]?.endsWith("…"));
});

test("one long word is never cut in the middle of a line", () => {
  assert.deepEqual(wrap("Bijstandsuitkeringsgerechtigden"), ["Bijstandsuitkeringsgerechtigden"]);
});

test("an empty name is one empty line", () => {
  assert.deepEqual(wrap(""), [""]);
});
