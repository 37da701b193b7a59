/** Days, hours and phone numbers as a Dutch reader writes them. */

const DAY = new Intl.DateTimeFormat("nl-NL", { day: "numeric", month: "long", year: "numeric", timeZone: "Europe/Amsterdam" });
const NEAR = new Intl.DateTimeFormat("nl-NL", { day: "numeric", month: "long", timeZone: "Europe/Amsterdam" });
const WEEKDAY = new Intl.DateTimeFormat("nl-NL", { weekday: "long", timeZone: "Europe/Amsterdam" });
const TIME = new Intl.DateTimeFormat("nl-NL", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/Amsterdam" });
const DATE = new Intl.DateTimeFormat("en-CA", { dateStyle: "short", timeZone: "Europe/Amsterdam" });
const HERE = new Intl.DateTimeFormat("en-GB", { weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "Europe/Amsterdam" });

export function writeDay(day: string): string {
  return DAY.format(momentOf(day));
}

/** The same, without the year where the day is less than ten months after `today`. */
export function writeNear(day: string, today: string): string {
  return day < addDays(today, 300) ? NEAR.format(momentOf(day)) : writeDay(day);
}

export function writeWeekday(day: string): string {
  return WEEKDAY.format(momentOf(day));
}

export function writeTime(at: number): string {
  return TIME.format(at);
}

/** Today its time alone: `om 08:35`; else with its day: `op 27 november 2026 om 08:35`. */
export function writeMoment(at: string, now: Date): string {
  const moment = momentOf(at);
  const day = hereAndNow(moment).day === hereAndNow(now).day ? "" : `op ${writeDay(at)} `;
  return `${day}om ${TIME.format(moment)}`;
}

/** The calendar day so many days after another. */
export function addDays(day: string, days: number): string {
  return new Date(momentOf(day).getTime() + days * 86_400_000).toISOString().slice(0, 10);
}

/** The same day so many months later, or the last of that month. */
export function addMonths(day: string, months: number): string {
  const [year, month, date] = day.split("-").map(Number) as [number, number, number];
  const last = new Date(Date.UTC(year, month - 1 + months + 1, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(date, last))).toISOString().slice(0, 10);
}

/** Which day, weekday and time it is in the Netherlands. */
export function hereAndNow(now: Date): { day: string; weekday: string; time: string } {
  const parts = new Map(HERE.formatToParts(now).map((part) => [part.type, part.value]));
  const weekday = (parts.get("weekday") ?? "").toLowerCase();
  return { day: DATE.format(now), weekday, time: `${parts.get("hour")}:${parts.get("minute")}` };
}

/** Write an E.164 number as people say it: `+31302861000` as `030 286 10 00`. */
export function writePhone(phone: string): string {
  if (!phone.startsWith("+31")) return phone;
  const national = `0${phone.slice(3)}`;
  if (/^06\d{8}$/.test(national)) return groups(national, [2, 2, 2, 2, 2]);
  if (/^0[89]00\d+$/.test(national)) return groups(national, [4, 4, 4]);
  if (/^14\d+/.test(phone.slice(3))) return groups(phone.slice(3), [2, 4]);
  const long = /^0(1[0356]|2[0346]|3[03568]|4[0356]|5[03458]|7[0-9]|88)/.test(national);
  return groups(national, long ? [3, 3, 2, 2] : [4, 3, 3]);
}

/** Link a telephone number: RFC 3966. What only the Netherlands can dial has no country. */
export function linkPhone(phone: string): string {
  if (/^\+3114\d{3,4}$/.test(phone)) return `tel:${phone.slice(3)}`;
  return /^\+31[89]00\d{4,7}$/.test(phone) ? `tel:0${phone.slice(3)}` : `tel:${phone}`;
}

function groups(digits: string, sizes: readonly number[]): string {
  let rest = digits;
  const parts: string[] = [];
  for (const size of sizes) {
    if (rest === "") break;
    parts.push(rest.slice(0, size));
    rest = rest.slice(size);
  }
  if (rest !== "") parts.push(rest);
  return parts.join("\u00a0"); // a number is never torn between two lines
}

function momentOf(day: string): Date {
  return new Date(day.length === 10 ? `${day}T12:00:00Z` : day);
}
