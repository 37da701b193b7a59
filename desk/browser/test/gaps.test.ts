/** What an answer does not say is said, and nothing else than is so. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Flag, Freshness, Part } from "../src/lookup.ts";
import { findLate, joinParts, writeAbsent, writeBeyond, writeByHand, writeCoordinator, writeLead, writeNotAsked, writeSilent, writeUnknown } from "../src/screen/gaps.ts";
import { useTexts } from "../src/screen/texts.ts";

useTexts({
  "not-connected": "niets over {categories}",
  stopped: "niets meer over {categories}",
  "not-asked": "niet gekeken naar {categories}",
  beyond: "niet gevraagd: {categories}",
  "all-else": "al het andere",
  unknown: "niet bekend: {categories}",
  "late-never": "nooit iets over {about}",
  "late-since": "niets over {about} sinds {day}",
  "contact-stale": "oud, van {day}",
  silent: "{organisations} hebben niets",
  "silent-one": "{organisations} heeft niets",
  coordinator: "{organisation} coördineert",
  lead: "coördineert: {organisation}",
  "lead-none": "niemand",
  "coordinator-own": "wij coördineren",
  "coordinator-own-who": "wij coördineren: {who}",
  "only-by-hand": "met de hand: {organisations}",
  "coordinator-none": "niemand coördineert",
  "coordinator-unknown": "onbekend",
});
const aCategory = (id: string, coordinates = false) => ({ id, label: id.toUpperCase(), short: id, coordinates });
const CATEGORIES = [aCategory("bijstand"), aCategory("schuldhulp"), aCategory("wmo"), aCategory("wonen"), aCategory("casusregie", true)];

function aSource(category: string, organisation: string, changes: Partial<Freshness> = {}): Freshness {
  return { category, categoryLabel: category, organisation, lastHeard: "2026-11-29T05:00:00Z", stale: false, ...changes };
}
const aPart = (sources: Freshness[], flags: Partial<Flag>[] = [], asked = CATEGORIES.map(({ id }) => id)): Part =>
  ({ entryId: "", scope: "", asked, flags: flags as Flag[], sources });
const BY_HAND = { lastHeard: null, byHand: true };
const OLD = { lastHeard: "2026-03-03T08:00:00Z", stale: true };

test("what nobody tells of is named as in the sentence about the purpose", () => {
  const sources = [aSource("bijstand", "Werkplein"), aSource("schuldhulp", "Kredietbank"), aSource("casusregie", "Wijkteam")];
  assert.equal(writeAbsent(aPart(sources), CATEGORIES), "niets over wmo en wonen");
});

test("who takes part no more is not said to take part not yet", () => {
  const gone = { ...aCategory("wmo"), stopped: true };
  const part = aPart([aSource("bijstand", "Werkplein")], [], ["bijstand", "wmo", "wonen"]);
  assert.equal(writeAbsent(part, [gone, aCategory("wonen")]), "niets over wonen niets meer over wmo");
  assert.equal(writeAbsent(part, [gone]), "niets meer over wmo");
  assert.equal(writeAbsent(aPart([aSource("wmo", "Zorgpunt")]), [gone]), null);
});

test("where somebody tells of everything there is no such line", () => {
  assert.equal(writeAbsent(aPart([aSource("bijstand", "Werkplein")]), [aCategory("bijstand")]), null);
});

test("what was not looked for is not said to have nobody who tells of it", () => {
  const part = aPart([aSource("bijstand", "Werkplein")], [], ["bijstand", "wmo"]);
  assert.equal(writeAbsent(part, CATEGORIES), "niets over wmo");
  assert.equal(writeNotAsked(part, CATEGORIES), "niet gekeken naar schuldhulp, wonen en casusregie");
  assert.equal(writeNotAsked(aPart([]), CATEGORIES), null);
});

test("what the purpose does not show is named, and is never all that was not asked", () => {
  assert.equal(writeBeyond(["jeugdhulp", "leerplicht"]), "niet gevraagd: jeugdhulp, leerplicht en al het andere");
  assert.equal(writeBeyond([]), "niet gevraagd: al het andere");
});

test("what is late counts as not known, in the row of a person too", () => {
  const part = aPart([aSource("bijstand", "Werkplein"), aSource("wonen", "Woningstichting", OLD)]);
  assert.equal(writeUnknown(part, CATEGORIES), "niet bekend: schuldhulp, wmo, wonen en casusregie");
  assert.equal(writeUnknown(part, [aCategory("bijstand")]), null);
});

test("a kind is not known where one of those who tell of it is late, tells by hand, or was not asked", () => {
  const kind = [aCategory("wmo")];
  const fresh = aSource("wmo", "Wmo-loket");
  assert.equal(writeUnknown(aPart([fresh]), kind), null);
  assert.equal(writeUnknown(aPart([fresh, aSource("wmo", "Zorgpunt", OLD)]), kind), "niet bekend: wmo");
  assert.equal(writeUnknown(aPart([fresh, aSource("wmo", "Zorgpunt", BY_HAND)]), kind), "niet bekend: wmo");
  assert.equal(writeUnknown(aPart([fresh], [], ["bijstand"]), kind), "niet bekend: wmo");
});

test("who was asked and named nobody is named, one or several", () => {
  assert.equal(writeSilent(aPart([aSource("bijstand", "Werkplein")]), CATEGORIES), "Werkplein heeft niets");
  const two = aPart([aSource("bijstand", "Werkplein"), aSource("schuldhulp", "Kredietbank")]);
  assert.equal(writeSilent(two, CATEGORIES), "Werkplein en Kredietbank hebben niets");
});

test("who is late is not said to have named nobody", () => {
  const part = aPart([aSource("bijstand", "Werkplein", OLD), aSource("wonen", "Woningstichting", { lastHeard: null })]);
  assert.equal(writeSilent(part, CATEGORIES), null);
});

test("who is late with one thing is said to be silent about the other only", () => {
  const part = aPart([aSource("bijstand", "Werkplein", OLD), aSource("wonen", "Werkplein")]);
  assert.equal(writeSilent(part, CATEGORIES), "Werkplein (wonen) heeft niets");
});

test("who has a flag here is not said to have named nobody", () => {
  const part = aPart([aSource("bijstand", "Werkplein"), aSource("schuldhulp", "Kredietbank")], [{ organisation: "Werkplein" }]);
  assert.equal(writeSilent(part, CATEGORIES), "Kredietbank heeft niets");
});

test("a late organisation is told once, with its number and since when", () => {
  const sources = [
    aSource("bijstand", "Werkplein", { ...OLD, contactHolder: { function: "Receptie", phone: "+31182555100", lastVerified: "2026-10-01", stale: false } }),
    aSource("wonen", "Werkplein", { ...OLD, contactHolder: { function: "Receptie", phone: "+31182555100", lastVerified: "2026-10-01", stale: false } }),
    aSource("wmo", "Wmo-loket", { lastHeard: null, stale: true }),
    aSource("schuldhulp", "Kredietbank"),
  ];
  assert.deepEqual(findLate(aPart(sources), CATEGORIES), [
    { organisation: "Werkplein", said: "niets over bijstand en wonen sinds 3 maart 2026", phone: "+31182555100", stale: "" },
    { organisation: "Wmo-loket", said: "nooit iets over wmo", phone: null, stale: "" },
  ]);
});

test("a late organisation's number that nobody confirmed for long is said to be old", () => {
  const contactHolder = { function: "Receptie", phone: "+31182555100", lastVerified: "2025-01-15", stale: true };
  const [late] = findLate(aPart([aSource("bijstand", "Werkplein", { ...OLD, contactHolder })]), CATEGORIES);
  assert.equal(late?.stale, "oud, van 15 januari 2025");
});

test("a late organisation of which no number holds has none, whatever it gave for another kind", () => {
  const [late] = findLate(aPart([aSource("bijstand", "Werkplein", { ...OLD, contactHolder: null })]), CATEGORIES);
  assert.deepEqual([late?.phone, late?.stale], [null, ""]);
});

test("who coordinates is told, or that nobody said so, or that we do not know", () => {
  const team = { flag: { organisation: "Wijkteam" } as Flag, isOwn: false };
  const heard = aPart([aSource("casusregie", "Wijkteam")]);
  assert.equal(writeCoordinator(heard, CATEGORIES, team), "Wijkteam coördineert");
  const known = { ...team.flag, contactHolder: { function: "Regisseur Noord" } } as Flag;
  assert.equal(writeCoordinator(heard, CATEGORIES, { flag: known, isOwn: true }), "wij coördineren: Regisseur Noord");
  assert.equal(writeCoordinator(heard, CATEGORIES, { flag: { ...known, contactHolder: null }, isOwn: true }), "wij coördineren");
  assert.equal(writeCoordinator(heard, CATEGORIES, undefined), "niemand coördineert");
  assert.equal(writeCoordinator(aPart([]), CATEGORIES, undefined), "onbekend");
  assert.equal(writeLead(heard, CATEGORIES, team), "coördineert: Wijkteam");
  assert.equal(writeLead(heard, CATEGORIES, { flag: known }), "coördineert: Regisseur Noord");
  assert.equal(writeLead(heard, CATEGORIES, undefined), "niemand");
  assert.equal(writeLead(aPart([]), CATEGORIES, undefined), null); // "niet bekend" says it
  assert.equal(writeCoordinator(aPart([aSource("casusregie", "Wijkteam", OLD)]), CATEGORIES, undefined), "onbekend");
});

test("nobody coordinates only where everybody who could have said so was heard", () => {
  const fresh = aSource("casusregie", "Wijkteam");
  const told = (sources: Freshness[], asked?: string[]) => writeCoordinator(aPart(sources, [], asked), CATEGORIES, undefined);
  assert.equal(told([aSource("casusregie", "School", BY_HAND)]), "onbekend");
  assert.equal(told([fresh, aSource("casusregie", "School", BY_HAND)]), "onbekend");
  assert.equal(told([fresh, aSource("casusregie", "Zorgpunt", OLD)]), "onbekend");
  assert.equal(told([fresh], ["bijstand"]), "onbekend");
  assert.equal(told([fresh, aSource("casusregie", "Zorgpunt")]), "niemand coördineert");
  const second = [...CATEGORIES, aCategory("regie-jeugd", true)];
  assert.equal(writeCoordinator(aPart([fresh], [], second.map(({ id }) => id)), second, undefined), "onbekend");
});

test("to the asker's own organisation it is neither late, silent, a gap nor unknown", () => {
  for (const state of [{}, OLD, BY_HAND, { lastHeard: null }]) {
    const part = aPart([aSource("casusregie", "Wijkteam", { ...state, own: true })], [], ["casusregie"]);
    const casusregie = [aCategory("casusregie", true)];
    assert.deepEqual(findLate(part, casusregie), []);
    const said = [writeAbsent, writeByHand, writeSilent, writeUnknown, writeNotAsked].map((write) => write(part, casusregie));
    assert.deepEqual(said, [null, null, null, null, null]);
    assert.equal(writeCoordinator(part, casusregie, undefined), "niemand coördineert");
  }
});

test("what others of the same kind do not tell stays said beside the own organisation", () => {
  const own = aSource("casusregie", "Wijkteam", { ...BY_HAND, own: true });
  const part = aPart([own, aSource("casusregie", "School", OLD)], [], ["casusregie"]);
  assert.deepEqual(findLate(part, CATEGORIES).map((late) => late.organisation), ["School"]);
  assert.equal(writeUnknown(part, [aCategory("casusregie")]), "niet bekend: casusregie");
});

test("who tells by hand and has a flag here is not among those of whom we do not know", () => {
  const sources = [aSource("casusregie", "School", BY_HAND)];
  const [flagged, other] = [aPart(sources, [{ organisation: "School", category: "casusregie" }]), aPart(sources)];
  const kind = [aCategory("casusregie")];
  assert.deepEqual([writeByHand(flagged, kind), writeUnknown(flagged, kind)], [null, null]);
  assert.deepEqual([writeByHand(other, kind), writeUnknown(other, kind)], ["met de hand: School (casusregie)", "niet bekend: casusregie"]);
  assert.equal(writeByHand(joinParts([flagged, flagged]), kind), null);
  assert.equal(writeByHand(joinParts([flagged, other]), kind), "met de hand: School (casusregie)");
});

test("a purpose that does not show who coordinates does not speak of it", () => {
  assert.equal(writeCoordinator(aPart([]), [aCategory("bijstand")], undefined), null);
});
