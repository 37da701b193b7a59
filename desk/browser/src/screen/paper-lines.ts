/**
 * What of an answer may go on paper: who helps and how to reach them, never why.
 *
 * - Veilig Thuis is never among them: who it is about may not be the only one who reads.
 * - A word that tells the trouble makes way for "contactpersoon"; an organisation whose
 *   very name tells it can be left off.
 */
import type { Flag } from "../lookup.ts";
import { writeDay, writePhone } from "./moments.ts";
import { isAbsent, writeHours } from "./reach.ts";
import { text } from "./texts.ts";

const NEVER = /veilig[\s-]*thuis/i;

export interface PaperLine {
  readonly organisation: string;
  /** The organisation's name tells the trouble. */
  readonly tells: boolean;
  readonly name: string;
  readonly role: string;
  readonly phone: string;
  readonly hours: string;
  readonly outOfHours: string;
  readonly deputy: string;
}

export function isNeverPrinted(flag: Flag): boolean {
  return [flag.category, flag.categoryLabel, flag.organisation, flag.contactHolder.function].some((each) => NEVER.test(each));
}

/** One line for each way to reach someone, in the answer's order, none of them twice. */
export function writeLines(flags: readonly Flag[], now: Date): PaperLine[] {
  const lines = new Map<string, PaperLine>();
  for (const flag of flags.filter((each) => !isNeverPrinted(each))) {
    const line = writeLine(flag, now);
    lines.set(JSON.stringify([line.organisation, line.name, line.role, line.phone]), line);
  }
  return [...lines.values()];
}

function writeLine(flag: Flag, now: Date): PaperLine {
  const contact = flag.contactHolder;
  const outOfHours = contact.outOfHoursPhone;
  const deputy = contact.deputy ?? null;
  return {
    organisation: flag.organisation,
    tells: tellsTrouble(flag.organisation),
    name: contact.name ?? "",
    role: writeRole(contact.function),
    phone: writePhone(contact.phone),
    hours: writeHours(contact.officeHours),
    outOfHours: outOfHours ? text("paper-out-of-hours", { phone: writePhone(outOfHours) }) : "",
    deputy:
      deputy !== null && isAbsent(contact, now)
        ? text("paper-deputy", {
            until: writeDay(contact.absentUntil as string),
            who: deputy.name ?? writeRole(deputy.function),
            phone: writePhone(deputy.phone),
          })
        : "",
  };
}

function writeRole(role: string): string {
  return tellsTrouble(role) ? text("paper-role") : role;
}

/** The words stand with the texts: they differ per language. */
function tellsTrouble(said: string): boolean {
  const lower = said.toLowerCase();
  return text("paper-telling-words").split(" ").some((word) => lower.includes(word));
}
