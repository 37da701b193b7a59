/**
 * What of an answer may go on the family sheet: who helps and how to reach them, never why.
 *
 * - Veilig Thuis is never among them: who it is about may not be the only one who reads.
 * - A word that tells the trouble makes way for "contactpersoon"; an organisation whose
 *   very name tells it can be left off.
 * - Who helps without a number that holds is on it too: the family would think that nobody
 *   of that organisation does. It says where to ask for the number.
 * - What somebody helps with is in the family's own words, and holds no number or name
 *   that is never printed.
 */
import type { ContactHolder, Flag } from "../lookup.ts";
import { writeDay, writePhone } from "./moments.ts";
import { isAbsent, writeHours, writeStale } from "./reach.ts";
import { text } from "./texts.ts";
import { holdsCitizenNumber, lettersOf } from "./typed-words.ts";

const NEVER = "veiligthuis";

export interface FamilyLine {
  readonly organisation: string;
  /** The organisation's name tells the trouble. */
  readonly tells: boolean;
  readonly name: string;
  readonly role: string;
  /** Empty where there is none that holds. */
  readonly phone: string;
  readonly hours: string;
  readonly outOfHours: string;
  readonly deputy: string;
  /** Who keeps the whole together; at most the ones whose kind says so. */
  readonly coordinates: boolean;
  /** In the family's own words; empty leaves room to write. */
  readonly helpsWith: string;
  /** About whom of a family, as they are called here; nobody where it is one person. */
  readonly about: readonly string[];
}

/** What keeps own words off the sheet. */
export type Forbidden = "number" | "name";

/** Whether anything that could stand on the sheet names it, who stands in included. */
export function isNeverPrinted({ category, categoryLabel, organisation, contactHolder }: Flag): boolean {
  const { function: role, name, deputy } = contactHolder ?? {};
  return [category, categoryLabel, organisation, role, name, deputy?.function, deputy?.name].some((each) => namesNever(each ?? ""));
}

/** One line for each way to reach someone, in the answer's order, none of them twice. */
export function writeLines(flags: readonly Flag[], coordinating: ReadonlySet<string>, now: Date): FamilyLine[] {
  const lines = new Map<string, FamilyLine>();
  for (const flag of flags.filter((each) => !isNeverPrinted(each))) {
    const line = writeLine(flag, coordinating.has(flag.category), now);
    const same = lines.get(nameLine(line));
    lines.set(nameLine(line), { ...line, coordinates: line.coordinates || (same?.coordinates ?? false) });
  }
  return [...lines.values()];
}

/** Put together what was chosen for a whole family: nobody twice, who coordinates first. */
export function joinLines(chosen: readonly FamilyLine[]): FamilyLine[] {
  const alike = new Map<string, FamilyLine[]>();
  for (const line of chosen) alike.set(nameLine(line), [...(alike.get(nameLine(line)) ?? []), line]);
  const joined = [...alike.values()].map((lines) => ({
    ...(lines[0] as FamilyLine),
    coordinates: lines.some((line) => line.coordinates),
    helpsWith: [...new Set(lines.map((line) => line.helpsWith))].filter((words) => words !== "").join(", "),
    about: [...new Set(lines.flatMap((line) => line.about))],
  }));
  return joined.sort((one, other) => Number(other.coordinates) - Number(one.coordinates));
}

/** Tell why somebody's own words may not be printed; null where they may. */
export function findForbidden(words: string): Forbidden | null {
  if (namesNever(words)) return "name";
  return holdsCitizenNumber(words) ? "number" : null;
}

function namesNever(words: string): boolean {
  return lettersOf(words).includes(NEVER);
}

/** Two lines with the same name are one way to reach one contact. */
function nameLine({ organisation, name, role, phone }: FamilyLine): string {
  return JSON.stringify([organisation, name, role, phone]);
}

function writeLine(flag: Flag, coordinates: boolean, now: Date): FamilyLine {
  const line = { organisation: flag.organisation, tells: tellsTrouble(flag.organisation), coordinates, helpsWith: "", about: [] };
  return { ...line, ...writeContact(flag.contactHolder, now) };
}

/** How to reach them; of whose details do not hold, that the number is to be asked. */
function writeContact(contact: ContactHolder | null, now: Date): Pick<FamilyLine, "name" | "role" | "phone" | "hours" | "outOfHours" | "deputy"> {
  if (contact === null) return { name: "", role: text("family-role"), phone: "", hours: text("family-ask-number"), outOfHours: "", deputy: "" };
  const outOfHours = contact.outOfHoursPhone;
  const deputy = contact.deputy ?? null;
  return {
    name: contact.name ?? "",
    role: writeRole(contact.function),
    phone: writePhone(contact.phone),
    hours: [writeHours(contact.officeHours) || text("hours-unknown"), writeStale(contact)].filter((each) => each !== "").join(" · "),
    outOfHours: outOfHours ? text("family-out-of-hours", { phone: writePhone(outOfHours) }) : "",
    deputy:
      deputy !== null && isAbsent(contact, now)
        ? text("family-deputy", {
            until: writeDay(contact.absentUntil as string),
            who: deputy.name ?? writeRole(deputy.function),
            phone: writePhone(deputy.phone),
          })
        : "",
  };
}

function writeRole(role: string): string {
  return tellsTrouble(role) ? text("family-role") : role;
}

/** The words stand with the texts: they differ per language. */
function tellsTrouble(said: string): boolean {
  const letters = lettersOf(said);
  return text("family-telling-words").split(" ").some((word) => letters.includes(lettersOf(word)));
}
