/** Whom to call now, at each hour and absence. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ContactHolder } from "../src/lookup.ts";
import { linkPhone } from "../src/screen/moments.ts";
import { chooseReach, useClosedDays } from "../src/screen/reach.ts";
import { useTexts } from "../src/screen/texts.ts";

useTexts({
  "contact-absent": "vervanger tot {until}",
  "contact-absent-alone": "weg tot {until}",
  "contact-out-of-hours": "overdag {phone}",
  "contact-closed-now": "gesloten",
});
const HOURS = [{ days: ["mon"], from: "09:00", to: "17:00" }];
const MONDAY_MORNING = new Date("2026-11-23T10:00:00+01:00");
const MONDAY_NIGHT = new Date("2026-11-23T22:00:00+01:00");

function aContact(changes: Partial<ContactHolder> = {}): ContactHolder {
  return { function: "Klantmanager", phone: "+31182555101", officeHours: HOURS, lastVerified: "2026-10-01", stale: false, ...changes };
}

test("within office hours it is the contact person, without a note", () => {
  const reach = chooseReach(aContact({ outOfHoursPhone: "+31182555199" }), MONDAY_MORNING);
  assert.deepEqual([reach.phone, reach.note], ["+31182555101", ""]);
});

test("out of hours it is the number for then, with the number for the day", () => {
  const reach = chooseReach(aContact({ outOfHoursPhone: "+31182555199" }), MONDAY_NIGHT);
  assert.equal(reach.phone, "+31182555199");
  assert.match(reach.note, /^overdag 0182/);
});

test("without such a number it says that it is closed", () => {
  assert.equal(chooseReach(aContact(), MONDAY_NIGHT).note, "gesloten");
});

test("who is away is replaced, also when it is closed", () => {
  const deputy = { function: "Teamcoach", phone: "+31182555100" };
  const reach = chooseReach(aContact({ deputy, absentUntil: "2026-11-23" }), MONDAY_NIGHT);
  assert.deepEqual([reach.role, reach.phone], ["Teamcoach", "+31182555100"]);
  assert.match(reach.note, /^vervanger tot .* gesloten$/);
});

test("who is away without a deputy is said to be", () => {
  const reach = chooseReach(aContact({ absentUntil: "2026-11-23" }), MONDAY_MORNING);
  assert.equal(reach.phone, "+31182555101");
  assert.match(reach.note, /^weg tot /);
});

test("the day after, the contact person is back; days are those of the Netherlands", () => {
  const justAfterMidnight = new Date("2026-11-23T00:30:00+01:00");
  assert.equal(chooseReach(aContact({ absentUntil: "2026-11-22", officeHours: [] }), justAfterMidnight).note, "");
});

test("the number of a municipality is linked as it is dialled", () => {
  assert.equal(linkPhone("+3114030"), "tel:14030");
  assert.equal(linkPhone("+31140182"), "tel:140182");
  assert.equal(linkPhone("+31182555101"), "tel:+31182555101");
  assert.equal(linkPhone("+32140123456"), "tel:+32140123456");
});

test("on a public holiday nobody has office hours", () => {
  useClosedDays(["2026-11-23"]);
  const reach = chooseReach(aContact({ outOfHoursPhone: "+31182555199" }), MONDAY_MORNING);
  useClosedDays([]);
  assert.equal(reach.phone, "+31182555199");
  assert.equal(chooseReach(aContact(), MONDAY_MORNING).note, "");
});
