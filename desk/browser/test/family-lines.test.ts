/** What goes on the family sheet, and what never does. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ContactHolder, Flag } from "../src/lookup.ts";
import { findForbidden, isNeverPrinted, joinLines, writeLines } from "../src/screen/family-lines.ts";
import { useTexts } from "../src/screen/texts.ts";

useTexts({
  "family-role": "Contactpersoon",
  "family-ask-number": "Vraag het nummer",
  "hours-unknown": "openingstijden onbekend",
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

test("a line that joins two of a family says for whom it is", () => {
  const [line] = writeLines([aFlag()], COORDINATING, NOW);
  assert.ok(line !== undefined);
  const joined = joinLines(["ouder", "kind", "ouder"].map((name) => ({ ...line, about: [name] })));
  assert.deepEqual(joined.map(({ about }) => about), [["ouder", "kind"]]);
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

test("Veilig Thuis is not among the lines as a name or as who stands in", () => {
  const deputy = { function: "Achterwacht Veilig\u00a0Thuis", phone: "+31182555100" };
  const flags = [
    aFlag({}, { deputy, absentUntil: "2099-01-01" }),
    aFlag({}, { deputy: { ...deputy, function: "Achterwacht", name: "V\u00e9ilig Thuis" } }),
    aFlag({}, { name: "Balie Veilig_Thuis" }),
  ];
  assert.deepEqual(flags.map(isNeverPrinted), [true, true, true]);
});

test("own words hold no number of a citizen, whatever stands between its digits or near them", () => {
  const written = [
    "bel 999993653", "999.993.653", "9999 93 653", "groep 7 123456782", "0612345678 123456782", "123456782 12", "1234  56782",
    "123/456/782", "1234 - 56782", "1234_56782", "1234\u201156782", "1234\u200b56782", "123 en dan 456 en 782", "1 2 3 4 5 6 7 8 2",
    "(123)456:782", "7123456782", "12345678299", "\uff11\uff12\uff13456782", "\u0661\u0662\u0663456782", "bsn123456782bsn",
  ];
  for (const words of written) assert.equal(findForbidden(words), "number", words);
});

test("own words hold no Veilig Thuis, whatever stands between its letters", () => {
  const between = ["", " ", "-", "_", ".", "  ", "\u2010", "\u2011", "\u2013", "\u2212", "\u200b", "\u00ad", "\u2060", "\u00a0", " / "];
  for (const each of between) assert.equal(findForbidden(`bel Veilig${each}thuis`), "name", JSON.stringify(each));
  for (const words of ["V.e.i.l.i.g Thuis", "VEILIGTHUIS", "\uff36eilig thuis", "ve\u00eflig thuis"]) assert.equal(findForbidden(words), "name", words);
});

test("own words may hold phone numbers, dates and times", () => {
  const fit = [
    "", "onze geldzaken", "bel 0182 55 51 23", "0182-555123", "06-12345678", "0612345682", "+31 6 12345678", "+31 (0)182 555 123", "0031 123456782",
    "op 12 maart 2027 om 10 uur", "dinsdag 9.00-10.30", "12-03-2027 10:30-11:30", "veilig en thuis", "groep 7, 2 dagen",
  ];
  for (const words of fit) assert.equal(findForbidden(words), null, words);
});

test("whose details do not hold is on the sheet once, and it says where to ask the number", () => {
  const flag = aFlag({ contactHolder: null });
  const lines = writeLines([flag, flag], COORDINATING, NOW);
  assert.deepEqual(lines.map(({ organisation, role, phone, hours }) => [organisation, role, phone, hours]), [["Werkplein", "Contactpersoon", "", "Vraag het nummer"]]);
});

test("Veilig Thuis without a number that holds is on no sheet either", () => {
  const flags = [aFlag({ category: "veilig-thuis", contactHolder: null }), aFlag({ organisation: "Veilig Thuis Noord", contactHolder: null })];
  assert.deepEqual(writeLines(flags, COORDINATING, NOW), []);
});
