/** Whom to call and when somebody answers: the contact person, a deputy, or out of hours. */
import type { ContactHolder, OfficeHours, Person } from "../lookup.ts";
import { addDays, hereAndNow, writeDay, writeNear, writePhone, writeWeekday } from "./moments.ts";
import { text } from "./texts.ts";

const WITHIN_A_WEEK = 7;
/** Where they stand among the days: after now, before every day; and after every day. */
const HOURS_UNKNOWN = "0";
const NOT_IN_SIGHT = "9";
const LOOK_AHEAD = 400; // longer than any absence that is of use

export interface Reach {
  readonly name: string;
  readonly role: string;
  readonly phone: string;
  readonly note: string;
  /** When somebody answers this very number. */
  readonly hours: string;
  /** Whether it is known that somebody answers this number now. */
  readonly isOpen: boolean;
  /** When somebody does: `nu`, `openingstijden onbekend` or `op maandag vanaf 9:00 uur`. */
  readonly when: string;
  /** The same to sort by: empty for now, then who has no known hours, then a day and a time. */
  readonly opensAt: string;
}

/** The next moment of office hours; `time` is empty where the hours are not known. */
interface Opening {
  readonly day: string;
  readonly time: string;
  readonly ahead: number;
}

let closedDays: ReadonlySet<string> = new Set();

/** Take the days on which nobody has office hours: the public holidays. */
export function useClosedDays(days: readonly string[]): void {
  closedDays = new Set(days);
}

/** Choose whom to show first, and say when somebody answers and why it is not the usual. */
export function chooseReach(contact: ContactHolder | null, now: Date): Reach {
  if (!contact) return { name: text("contact-refused"), role: "", phone: "", note: text("contact-refused-note"), hours: "", isOpen: false, when: "", opensAt: NOT_IN_SIGHT };
  const absent = isAbsent(contact, now);
  const deputy = absent ? (contact.deputy ?? null) : null;
  const person = deputy ?? contact;
  const isAway = absent && deputy === null;
  const moment = findMoment(contact, isAway, now);
  const notes: string[] = [];
  if (absent) notes.push(writeAbsence(contact, deputy, moment.next, now));
  if (moment.night !== null) notes.push(text("contact-out-of-hours", { phone: writePhone(person.phone), hours: writeHours(contact.officeHours) }));
  else if (!isAway) notes.push(writeClosed(moment, contact.outOfHoursPhone ?? null));
  return {
    name: person.name ?? "",
    role: person.function,
    phone: moment.night ?? person.phone,
    note: notes.filter((note) => note !== "").join(" "),
    hours: writeHoursNow(contact, moment),
    isOpen: moment.opensAt === "",
    when: moment.when,
    opensAt: moment.opensAt,
  };
}

/** Say that nobody confirmed these details for long, wherever one can call by them; empty where somebody did. */
export function writeStale(contact: ContactHolder | null | undefined): string {
  return contact?.stale === true ? text("contact-stale", { day: writeDay(contact.lastVerified) }) : "";
}

/** When somebody answers, and by which other number where it is one for out of hours. */
interface Moment {
  readonly when: string;
  readonly opensAt: string;
  readonly next: Opening | null;
  readonly night: string | null;
}

/** Without known hours we do not know when somebody answers, and never say that it is now. */
function findMoment(contact: ContactHolder, isAway: boolean, now: Date): Moment {
  const hours = contact.officeHours ?? [];
  const isKnown = hours.length > 0;
  const open = isOpen(hours, now);
  const night = isKnown && !open ? (contact.outOfHoursPhone ?? null) : null;
  if (night !== null || (open && !isAway)) return { when: text("reach-now"), opensAt: "", next: null, night };
  if (!isKnown && !isAway) return { when: text("hours-unknown"), opensAt: HOURS_UNKNOWN, next: null, night };
  const next = findOpening(hours, now, isAway ? (contact.absentUntil ?? "") : "");
  if (next === null) return { when: text("reach-unknown"), opensAt: NOT_IN_SIGHT, next, night };
  return { when: writeOpening(next, now), opensAt: `${next.day}T${next.time}`, next, night };
}

/** Say that nobody answers now, or that we do not know; nothing where somebody does. */
function writeClosed({ when, opensAt, next }: Moment, outOfHours: string | null): string {
  if (opensAt === "") return "";
  if (opensAt !== HOURS_UNKNOWN) return next === null ? text("contact-closed") : text("contact-closed-now", { when });
  if (outOfHours === null) return text("contact-hours-unknown");
  return text("contact-hours-unknown-night", { phone: writePhone(outOfHours) });
}

/** Hours of the day say nothing of a number for out of hours. */
function writeHoursNow({ officeHours }: ContactHolder, { night, when, opensAt }: Moment): string {
  if (night !== null) return text("reach-now-night");
  return [opensAt === "" ? when : "", writeHours(officeHours)].filter((each) => each !== "").join(" · ");
}

/** Say when someone answers: `ma t/m vr 9:00 - 17:00`. */
export function writeHours(hours: readonly OfficeHours[] | undefined): string {
  return (hours ?? [])
    .map((each) => `${writeDays(each.days)} ${trimTime(each.from)} – ${trimTime(each.to)}`)
    .join("; ");
}

/** Whether the contact person is away today, the last day included. */
export function isAbsent(contact: ContactHolder, now: Date): boolean {
  return Boolean(contact.absentUntil) && hereAndNow(now).day <= (contact.absentUntil as string);
}

function writeAbsence(contact: ContactHolder, deputy: Person | null, next: Opening | null, now: Date): string {
  const until = contact.absentUntil as string;
  const today = hereAndNow(now).day;
  if (deputy !== null) return text("contact-absent", { until: writeNear(until, today) });
  return text("contact-absent-alone", { day: writeNear(next?.day ?? addDays(until, 1), today) });
}

function isOpen(hours: readonly OfficeHours[], now: Date): boolean {
  const { day, weekday, time } = hereAndNow(now);
  if (closedDays.has(day)) return false;
  return hours.some((each) => each.days.includes(weekday) && each.from <= time && time < each.to);
}

/** Find when office hours begin again, after the last day of an absence. */
function findOpening(hours: readonly OfficeHours[], now: Date, lastAway: string): Opening | null {
  const today = hereAndNow(now);
  for (let ahead = 0; ahead < LOOK_AHEAD; ahead += 1) {
    const day = addDays(today.day, ahead);
    if (day <= lastAway) continue;
    const time = findFirst(hours, day, ahead === 0 ? today.time : "");
    if (time !== null) return { day, time, ahead };
  }
  return null;
}

/** The first moment that office hours begin on a day, later than `after`. */
function findFirst(hours: readonly OfficeHours[], day: string, after: string): string | null {
  if (hours.length === 0) return "";
  if (closedDays.has(day)) return null;
  const { weekday } = hereAndNow(new Date(`${day}T12:00:00Z`));
  const begins = hours.filter((each) => each.days.includes(weekday) && each.from > after).map((each) => each.from);
  return begins.sort()[0] ?? null;
}

function writeOpening({ day, time, ahead }: Opening, now: Date): string {
  const weekday = ahead < WITHIN_A_WEEK ? writeWeekday(day) : `${writeWeekday(day)} ${writeNear(day, hereAndNow(now).day)}`;
  const named = ahead === 0 ? text("reach-today") : ahead === 1 ? text("reach-tomorrow") : text("reach-day", { day: weekday });
  return time === "" ? named : text("reach-from", { day: named, time: trimTime(time) });
}

function writeDays(days: readonly string[]): string {
  const names = days.map((day) => text(`day-${day}`));
  const order = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
  const places = days.map((day) => order.indexOf(day));
  const first = places[0] ?? 0;
  const unbroken = places.every((place, step) => place === first + step);
  if (names.length > 2 && unbroken) return `${names[0]} t/m ${names.at(-1)}`;
  return names.join(", ");
}

function trimTime(time: string): string {
  return time.replace(/^0/, "");
}
