/** What goes on the family sheet, and what never does. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ContactHolder, Flag } from "../src/lookup.ts";
import { findForbidden, isNeverPrinted, joinLines, writeLines } from "../src/screen/family-lines.ts";
import { useTexts } from "../src/screen/texts.ts";

useTexts({
  "family-role": "Contactpersoon",
  "family-telling-words": "schuld krediet",
  "family-out-of-hours": "Buiten deze tijden: {phone}",
  "family-deputy": "Tot en met {until}: {who}, {phone}",
});
const COORDINATING = new Set(["casusregie"]);
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
  const [line] = writeLines([aFlag({}, { outOfHoursPhone: "+318002000" })], COORDINATING, NOW);
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
  assert.deepEqual(writeLines(flags, COORDINATING, NOW), []);
});

test("a function that tells the trouble makes way", () => {
  const [line] = writeLines([aFlag({}, { function: "Aanmeldteam Schuldhulp" })], COORDINATING, NOW);
  assert.equal(line?.role, "Contactpersoon");
});

test("an organisation whose name tells it can be left off", () => {
  const lines = writeLines([aFlag({ organisation: "Kredietbank" }), aFlag()], COORDINATING, NOW);
  assert.deepEqual(lines.map((line) => line.tells), [true, false]);
});

test("one contact behind two flags is one line", () => {
  assert.equal(writeLines([aFlag(), aFlag({ category: "wmo-maatwerk" })], COORDINATING, NOW).length, 1);
});

test("the deputy is named only while the contact person is away", () => {
  const deputy = { function: "Teamcoach", phone: "+31182555100" };
  const away = aFlag({}, { deputy, absentUntil: "2026-11-22" });
  const back = aFlag({}, { deputy, absentUntil: "2026-11-21" });
  assert.match(writeLines([away], COORDINATING, NOW)[0]?.deputy ?? "", /Teamcoach/);
  assert.equal(writeLines([back], COORDINATING, NOW)[0]?.deputy, "");
});

test("who coordinates stands first, and nobody twice in a family", () => {
  const [work] = writeLines([aFlag()], COORDINATING, NOW);
  const [team] = writeLines([aFlag({ category: "casusregie", organisation: "Wijkteam" })], COORDINATING, NOW);
  assert.ok(work && team);
  const joined = joinLines([{ ...work, helpsWith: "geld" }, team, { ...work, helpsWith: "werk" }, { ...work, helpsWith: "geld" }]);
  assert.deepEqual(joined.map((line) => [line.organisation, line.helpsWith]), [["Wijkteam", ""], ["Werkplein", "geld, werk"]]);
});

test("own words hold no number of a citizen and no Veilig Thuis", () => {
  for (const words of ["bel 999993653", "999.993.653", "9999 93 653"]) assert.equal(findForbidden(words), "number");
  for (const words of ["veilig thuis", "VeiligThuis", "veilig-thuis"]) assert.equal(findForbidden(words), "name");
  for (const words of ["", "onze geldzaken", "bel 0182 55 51 23", "op 12 maart 2027 om 10 uur"]) assert.equal(findForbidden(words), null);
});
