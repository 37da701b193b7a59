/** What one press may say, and when there is none to offer. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Flag, Freshness, Part } from "../src/lookup.ts";
import { findReady } from "../src/screen/involved/offer.ts";
import { type HandOptions, usualEnd } from "../src/screen/involved/options.ts";

const DISCUSSED = { code: "discussed", label: "Besproken" };
const PARENT = { code: "discussed-representative", label: "Besproken met de ouder" };
const aPlace = (category: string) => ({ category, categoryLabel: category, municipality: "9901", latestEnd: "2027-11-30", informed: [DISCUSSED, PARENT] });
const CONTACT = { id: "1", function: "Wijkteam", name: null, phone: "+31182555100" };
const OPTIONS: HandOptions = { places: [aPlace("leerplicht"), aPlace("casusregie")], contacts: [CONTACT] };
const OWN: Freshness = { category: "casusregie", categoryLabel: "", organisation: "Wijkteam", lastHeard: null, stale: false, own: true };

function aPart(changes: Partial<Part> = {}): Part {
  return { entryId: "", scope: "", asked: ["casusregie"], flags: [], sources: [OWN], ...changes };
}

test("one press says what coordinates, and how the citizen knows as it was attested", () => {
  const ready = findReady(OPTIONS, aPart(), "discussed-representative");
  assert.deepEqual([ready?.place.category, ready?.informed], ["casusregie", PARENT]);
});

test("a lookup that was not discussed offers nothing: the citizen does not know", () => {
  assert.equal(findReady(OPTIONS, aPart(), "not-discussed-danger"), null);
});

test("where the lookup did not ask, the press itself says that it was discussed", () => {
  assert.deepEqual(findReady(OPTIONS, aPart(), null)?.informed, DISCUSSED);
});

test("the only kind there is needs no choice, several without one that coordinates do", () => {
  assert.equal(findReady({ ...OPTIONS, places: [aPlace("leerplicht")] }, aPart(), null)?.place.category, "leerplicht");
  assert.equal(findReady({ ...OPTIONS, places: [aPlace("leerplicht"), aPlace("verzuim")] }, aPart(), null), null);
});

test("nobody to call, or one's own flag standing, offers nothing", () => {
  assert.equal(findReady({ ...OPTIONS, contacts: [] }, aPart(), null), null);
  const own = { category: "casusregie", organisation: "Wijkteam" } as Flag;
  assert.equal(findReady(OPTIONS, aPart({ flags: [own] }), null), null);
  const other = { category: "casusregie", organisation: "Ander team" } as Flag;
  assert.notEqual(findReady(OPTIONS, aPart({ flags: [other] }), null), null);
});

test("nobody makes themselves a second coordinator unseen: it was asked whether there is one", () => {
  assert.equal(findReady(OPTIONS, aPart({ asked: ["bijstand"] }), null), null);
  const also = { ...OPTIONS, places: [aPlace("leerplicht")] };
  assert.notEqual(findReady(also, aPart({ asked: ["bijstand"] }), null), null);
});

test("it lives half a year, or as long as is allowed", () => {
  const now = new Date("2026-08-31T10:00:00Z");
  assert.equal(usualEnd(aPlace("casusregie"), now), "2027-02-28");
  assert.equal(usualEnd({ ...aPlace("casusregie"), latestEnd: "2026-12-01" }, now), "2026-12-01");
});
