/** What goes on the sheet for the fridge, and what never does. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ContactHolder, Flag } from "../src/lookup.ts";
import { isNeverPrinted, writeLines } from "../src/screen/paper-lines.ts";
import { useTexts } from "../src/screen/texts.ts";

useTexts({
  "paper-role": "Contactpersoon",
  "paper-telling-words": "schuld krediet",
  "paper-out-of-hours": "Buiten deze tijden: {phone}",
  "paper-deputy": "Tot en met {until}: {who}, {phone}",
});
const NOW = new Date("2026-11-22T10:00:00Z");

function aFlag(changes: Partial<Flag> = {}, contact: Partial<ContactHolder> = {}): Flag {
  return {
    category: "bijstand",
    categoryLabel: "Bijstandsuitkering",
    lifeDomains: ["financien"],
    organisation: "Werkplein",
    since: "2026-01-01",
    expires: "2027-01-01",
    contactHolder: { function: "Klantmanager", phone: "+31182555101", lastVerified: "2026-10-01", stale: false, ...contact },
    ...changes,
  };
}

test("a line says who and how to reach them, not the category", () => {
  const [line] = writeLines([aFlag({}, { outOfHoursPhone: "+318002000" })], NOW);
  assert.equal(line?.organisation, "Werkplein");
  assert.equal(JSON.stringify(line).includes("ijstand"), false);
  assert.match(line?.outOfHours ?? "", /^Buiten deze tijden: /);
});

test("Veilig Thuis is never among the lines, however it is written", () => {
  const flags = [
    aFlag({ category: "veilig-thuis" }),
    aFlag({ organisation: "VEILIG THUIS Noord" }),
    aFlag({}, { function: "Medewerker Veilig-Thuis" }),
  ];
  assert.deepEqual(flags.map(isNeverPrinted), [true, true, true]);
  assert.deepEqual(writeLines(flags, NOW), []);
});

test("a function that tells the trouble makes way", () => {
  const [line] = writeLines([aFlag({}, { function: "Aanmeldteam Schuldhulp" })], NOW);
  assert.equal(line?.role, "Contactpersoon");
});

test("an organisation whose name tells it can be left off", () => {
  const lines = writeLines([aFlag({ organisation: "Kredietbank" }), aFlag()], NOW);
  assert.deepEqual(lines.map((line) => line.tells), [true, false]);
});

test("one contact behind two flags is one line", () => {
  assert.equal(writeLines([aFlag(), aFlag({ category: "wmo-maatwerk" })], NOW).length, 1);
});

test("the deputy is named only while the contact person is away", () => {
  const deputy = { function: "Teamcoach", phone: "+31182555100" };
  const away = aFlag({}, { deputy, absentUntil: "2026-11-22" });
  const back = aFlag({}, { deputy, absentUntil: "2026-11-21" });
  assert.match(writeLines([away], NOW)[0]?.deputy ?? "", /Teamcoach/);
  assert.equal(writeLines([back], NOW)[0]?.deputy, "");
});
