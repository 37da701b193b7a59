/** What this user may signal by hand, as the index tells it. */
import { addMonths, hereAndNow } from "../moments.ts";

export interface Choice {
  readonly code: string;
  readonly label: string;
}

export interface Place {
  readonly category: string;
  readonly categoryLabel: string;
  readonly municipality: string;
  /** The last day until which it may show. */
  readonly latestEnd: string;
  readonly informed: readonly Choice[];
}

export interface Contact {
  readonly id: string;
  readonly function: string;
  readonly name: string | null;
  readonly phone: string;
}

export interface HandOptions {
  readonly places: readonly Place[];
  readonly contacts: readonly Contact[];
}

const USUAL_MONTHS = 6;

/** Until when a signal shows that nobody said otherwise of: half a year, or what is allowed. */
export function usualEnd({ latestEnd }: Place, now: Date): string {
  const usual = addMonths(hereAndNow(now).day, USUAL_MONTHS);
  return usual < latestEnd ? usual : latestEnd;
}

export function nameContact(contact: Contact): string {
  return contact.name ? `${contact.function} (${contact.name})` : contact.function;
}
