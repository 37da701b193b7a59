/** Whom to call and when somebody answers: the contact person, a deputy, or out of hours. */
import type { ContactHolder, OfficeHours, Person } from "../lookup.ts";
import { addDays, hereAndNow, writeNear, writePhone, writeWeekday } from "./moments.ts";
import { text } from "./texts.ts";

const WITHIN_A_WEEK = 7;
const LOOK_AHEAD = 400; // longer than any absence that is of use

export interface Reach {
  readonly name: string;
  readonly role: string;
  readonly phone: string;
  readonly note: string;
  /** Whether somebody answers this number now. */
  readonly isOpen: boolean;
  /** When somebody does: `nu`, or `op maandag vanaf 9:00 uur`. */
  readonly when: string;
  /** The same to sort by: empty for now, otherwise a day and a time. */
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
export function chooseReach(contact: ContactHolder, now: Date): Reach {
  const hours = contact.officeHours ?? [];
  const absent = isAbsent(contact, now);
  const deputy = absent ? (contact.deputy ?? null) : null;
  const person = deputy ?? contact;
  const isAway = absent && deputy === null;
  const night = isOpen(hours, now) ? null : (contact.outOfHoursPhone ?? null);
  const answers = night !== null || (!isAway && isOpen(hours, now));
  const next = answers ? null : findOpening(hours, now, isAway ? (contact.absentUntil ?? "") : "");
  const when = answers ? text("reach-now") : next === null ? text("reach-unknown") : writeOpening(next, now);
  const notes: string[] = [];
  if (absent) notes.push(writeAbsence(contact, deputy, next, now));
  if (night !== null) notes.push(text("contact-out-of-hours", { phone: writePhone(person.phone) }));
  else if (!answers && !isAway) notes.push(next === null ? text("contact-closed") : text("contact-closed-now", { when }));
  return {
    name: person.name ?? "",
    role: person.function,
    phone: night ?? person.phone,
    note: notes.join(" "),
    isOpen: answers,
    when,
    opensAt: answers ? "" : next === null ? "9" : `${next.day}T${next.time}`,
  };
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
  if (hours.length === 0) return true;
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
