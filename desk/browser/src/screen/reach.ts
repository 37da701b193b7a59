/** Whom to call now: the contact person, a deputy, or the number for out of hours. */
import type { ContactHolder, OfficeHours } from "../lookup.ts";
import { hereAndNow, writeDay, writePhone } from "./moments.ts";
import { text } from "./texts.ts";

export interface Reach {
  readonly name: string;
  readonly role: string;
  readonly phone: string;
  readonly note: string;
}

let closedDays: ReadonlySet<string> = new Set();

/** Take the days on which nobody has office hours: the public holidays. */
export function useClosedDays(days: readonly string[]): void {
  closedDays = new Set(days);
}

/** Choose whom to show first, and say why when it is not the contact person. */
export function chooseReach(contact: ContactHolder, now: Date): Reach {
  const absent = isAbsent(contact, now);
  const deputy = absent ? (contact.deputy ?? null) : null;
  const person = deputy ?? contact;
  const notes: string[] = [];
  if (absent) {
    const until = writeDay(contact.absentUntil as string);
    notes.push(text(deputy === null ? "contact-absent-alone" : "contact-absent", { until }));
  }
  let { phone } = person;
  if (!isOpen(contact.officeHours ?? [], now)) {
    if (contact.outOfHoursPhone) {
      phone = contact.outOfHoursPhone;
      notes.push(text("contact-out-of-hours", { phone: writePhone(person.phone) }));
    } else notes.push(text("contact-closed-now"));
  }
  return { name: person.name ?? "", role: person.function, phone, note: notes.join(" ") };
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

function isOpen(hours: readonly OfficeHours[], now: Date): boolean {
  if (hours.length === 0) return true;
  const { day, weekday, time } = hereAndNow(now);
  if (closedDays.has(day)) return false;
  return hours.some((each) => each.days.includes(weekday) && each.from <= time && time < each.to);
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
