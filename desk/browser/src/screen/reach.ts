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

/** Choose whom to show first, and say why when it is not the contact person. */
export function chooseReach(contact: ContactHolder, now: Date): Reach {
  const own = { name: contact.name ?? "", role: contact.function, phone: contact.phone };
  const deputy = contact.deputy ?? null;
  if (isAbsent(contact, now) && deputy !== null) {
    const note = text("contact-absent", { until: writeDay(contact.absentUntil as string) });
    return { name: deputy.name ?? "", role: deputy.function, phone: deputy.phone, note };
  }
  const hours = contact.officeHours ?? [];
  if (!isOpen(hours, now) && contact.outOfHoursPhone) {
    return { ...own, phone: contact.outOfHoursPhone, note: text("contact-out-of-hours", { phone: writePhone(contact.phone) }) };
  }
  if (!isOpen(hours, now)) return { ...own, note: text("contact-closed-now") };
  return { ...own, note: "" };
}

/** Say when someone answers: `ma t/m vr 9:00 - 17:00`. */
export function writeHours(hours: readonly OfficeHours[] | undefined): string {
  return (hours ?? [])
    .map((each) => `${writeDays(each.days)} ${trimTime(each.from)} – ${trimTime(each.to)}`)
    .join(", ");
}

function isAbsent(contact: ContactHolder, now: Date): boolean {
  return Boolean(contact.absentUntil) && now.toISOString().slice(0, 10) <= (contact.absentUntil as string);
}

function isOpen(hours: readonly OfficeHours[], now: Date): boolean {
  if (hours.length === 0) return true;
  const { weekday, time } = hereAndNow(now);
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
