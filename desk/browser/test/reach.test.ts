/** Whom to call now, at each hour and absence. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ContactHolder } from "../src/lookup.ts";
import { linkPhone } from "../src/screen/moments.ts";
import { chooseReach, useClosedDays } from "../src/screen/reach.ts";
import { useTexts } from "../src/screen/texts.ts";

useTexts({
  "contact-absent": "vervanger tot en met {until}",
  "contact-absent-alone": "weer op {day}",
  "contact-out-of-hours": "overdag {phone}",
  "contact-closed-now": "gesloten, weer {when}",
  "contact-closed": "gesloten",
  "contact-refused": "geen betrouwbaar nummer",
  "contact-refused-note": "bel een nummer dat u kent",
  "contact-hours-unknown": "tijden onbekend",
  "contact-hours-unknown-night": "tijden onbekend, 's nachts {phone}",
  "hours-unknown": "tijden onbekend",
  "reach-now": "nu",
  "reach-now-night": "nu via dit nummer",
  "day-mon": "ma", "day-tue": "di", "day-wed": "wo", "day-thu": "do", "day-fri": "vr",
  "reach-unknown": "onbekend",
  "reach-today": "vandaag",
  "reach-tomorrow": "morgen",
  "reach-day": "op {day}",
  "reach-from": "{day} vanaf {time} uur",
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

test("the hours are those of the number that is shown", () => {
  const contact = aContact({ outOfHoursPhone: "+31182555199" });
  assert.equal(chooseReach(contact, MONDAY_MORNING).hours, "nu · ma 9:00 – 17:00");
  assert.equal(chooseReach(contact, MONDAY_NIGHT).hours, "nu via dit nummer");
  assert.equal(chooseReach(aContact(), MONDAY_NIGHT).hours, "ma 9:00 – 17:00");
});

test("without such a number it says that it is closed", () => {
  const reach = chooseReach(aContact(), MONDAY_NIGHT);
  assert.deepEqual([reach.isOpen, reach.note], [false, "gesloten, weer op maandag 30 november vanaf 9:00 uur"]);
});

test("who is away is replaced, also when it is closed", () => {
  const deputy = { function: "Teamcoach", phone: "+31182555100" };
  const reach = chooseReach(aContact({ deputy, absentUntil: "2026-11-23" }), MONDAY_NIGHT);
  assert.deepEqual([reach.role, reach.phone], ["Teamcoach", "+31182555100"]);
  assert.match(reach.note, /^vervanger tot en met 23 november gesloten, weer /);
});

test("who is away without a deputy is said to be", () => {
  const reach = chooseReach(aContact({ absentUntil: "2026-11-23" }), MONDAY_MORNING);
  assert.equal(reach.phone, "+31182555101");
  assert.deepEqual([reach.note, reach.isOpen], ["weer op 30 november", false]);
});

test("the day after, the contact person is back; days are those of the Netherlands", () => {
  const justAfterMidnight = new Date("2026-11-23T00:30:00+01:00");
  assert.equal(chooseReach(aContact({ absentUntil: "2026-11-22", outOfHoursPhone: "+31182555199" }), justAfterMidnight).phone, "+31182555199");
});

test("the number of a municipality is linked as it is dialled", () => {
  assert.equal(linkPhone("+3114030"), "tel:14030");
  assert.equal(linkPhone("+31140182"), "tel:140182");
  assert.equal(linkPhone("+31182555101"), "tel:+31182555101");
  assert.equal(linkPhone("+318002000"), "tel:08002000");
  assert.equal(linkPhone("+319001234567"), "tel:09001234567");
  assert.equal(linkPhone("+32140123456"), "tel:+32140123456");
});

for (const officeHours of [[], undefined, null] as unknown as ContactHolder["officeHours"][]) {
  test(`hours that nobody gave (${officeHours}) are unknown: neither now nor closed`, () => {
    const reach = chooseReach({ ...aContact(), officeHours } as ContactHolder, MONDAY_MORNING);
    assert.deepEqual([reach.isOpen, reach.when, reach.note], [false, "tijden onbekend", "tijden onbekend"]);
  });
}

test("with unknown hours the number for out of hours is said, and is not the first to call", () => {
  const reach = chooseReach(aContact({ officeHours: [], outOfHoursPhone: "+31182555199" }), MONDAY_NIGHT);
  assert.deepEqual([reach.isOpen, reach.phone], [false, "+31182555101"]);
  assert.match(reach.note, /'s nachts 0182/);
});

test("on a public holiday nobody has office hours", () => {
  useClosedDays(["2026-11-23"]);
  const reach = chooseReach(aContact({ outOfHoursPhone: "+31182555199" }), MONDAY_MORNING);
  useClosedDays([]);
  assert.equal(reach.phone, "+31182555199");
  assert.equal(chooseReach(aContact(), MONDAY_MORNING).note, "");
});

const WEEK = ["mon", "tue", "wed", "thu", "fri"];
const OPENINGS: readonly (readonly [string, Date, Partial<ContactHolder>, string])[] = [
  ["within office hours it is now", MONDAY_MORNING, {}, "nu"],
  ["before they begin it is today", new Date("2026-11-23T08:59:00+01:00"), {}, "vandaag vanaf 9:00 uur"],
  ["in a break it is the second part of the day", new Date("2026-11-23T12:30:00+01:00"),
    { officeHours: [{ days: WEEK, from: "13:00", to: "17:00" }, { days: WEEK, from: "08:30", to: "12:15" }] }, "vandaag vanaf 13:00 uur"],
  ["at their last minute they are over", new Date("2026-11-23T17:00:00+01:00"), { officeHours: [{ days: WEEK, from: "09:00", to: "17:00" }] }, "morgen vanaf 9:00 uur"],
  ["on Friday night it is Monday", new Date("2026-11-27T20:00:00+01:00"), { officeHours: [{ days: WEEK, from: "09:00", to: "17:00" }] }, "op maandag vanaf 9:00 uur"],
  ["a week away the date is said too", new Date("2026-11-23T20:00:00+01:00"), {}, "op maandag 30 november vanaf 9:00 uur"],
  ["who is away is there after that, on a day with office hours", MONDAY_MORNING, { absentUntil: "2026-11-25" }, "op maandag 30 november vanaf 9:00 uur"],
  ["who is away without known hours is there the day after", MONDAY_MORNING, { absentUntil: "2026-11-23", officeHours: [] }, "morgen"],
  ["out of hours another number answers at once", MONDAY_NIGHT, { outOfHoursPhone: "+31182555199" }, "nu"],
  ["during the day that number helps nobody", MONDAY_MORNING, { outOfHoursPhone: "+31182555199", absentUntil: "2026-11-23" }, "op maandag 30 november vanaf 9:00 uur"],
  ["a year away has its year", MONDAY_MORNING, { absentUntil: "2027-11-26" }, "op maandag 29 november 2027 vanaf 9:00 uur"],
  ["who is away longer than one can see ahead is unknown", MONDAY_MORNING, { absentUntil: "2029-01-01" }, "onbekend"],
];
for (const [what, now, changes, when] of OPENINGS) {
  test(`when somebody answers: ${what}`, () => assert.equal(chooseReach(aContact(changes), now).when, when));
}

test("a holiday is passed over to the first day that somebody is there", () => {
  useClosedDays(["2026-12-25", "2026-12-26"]);
  const reach = chooseReach(aContact({ officeHours: [{ days: WEEK, from: "09:00", to: "17:00" }] }), new Date("2026-12-24T18:00:00+01:00"));
  useClosedDays([]);
  assert.equal(reach.when, "op maandag vanaf 9:00 uur");
});

test("without details that hold nobody can be called, and it says so", () => {
  const reach = chooseReach(null, MONDAY_MORNING);
  assert.deepEqual([reach.phone, reach.isOpen, reach.hours], ["", false, ""]);
  assert.notEqual(reach.name, "");
  assert.notEqual(reach.note, "");
});
