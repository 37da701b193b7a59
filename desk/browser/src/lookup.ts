/** One lookup, from typed numbers to answers: the whole of what happens in the browser. */
import type { Bsn } from "./bsn.ts";
import { asObject } from "./bytes.ts";
import { Malformed, Offline } from "./errors.ts";
import { type KeyConfig, verifyConfig } from "./key-config.ts";
import { type KeyHolders, pseudonymise } from "./pseudonymise.ts";
import { isProblem, type Relay } from "./relay.ts";

export interface Question {
  readonly municipality: string;
  readonly purpose: string;
  readonly legalBasis: string;
  readonly caseReference: string | null;
  /** Why the conditions of a usual lookup are lifted this once. */
  readonly breakGlass?: { readonly reason: string } | null;
}

/** One person asked about, and how they know of it, or why not; null where it is not asked. */
export interface Subject {
  readonly bsn: Bsn;
  readonly informed: string | null;
}

export interface OfficeHours {
  readonly days: readonly string[];
  readonly from: string;
  readonly to: string;
}

export interface Person {
  readonly function: string;
  readonly name?: string | null;
  readonly phone: string;
}

export interface ContactHolder extends Person {
  readonly outOfHoursPhone?: string | null;
  readonly officeHours?: readonly OfficeHours[];
  readonly deputy?: Person | null;
  readonly absentUntil?: string | null;
  readonly lastVerified: string;
  readonly stale: boolean;
}

export interface Flag {
  readonly category: string;
  readonly categoryLabel: string;
  readonly lifeDomains: readonly string[];
  readonly organisation: string;
  /** Null where the desk could not tell that they are of this organisation: nobody calls by them. */
  readonly contactHolder: ContactHolder | null;
  readonly since: string;
  readonly expires: string;
}

export interface Freshness {
  readonly category: string;
  readonly categoryLabel: string;
  readonly organisation: string;
  /** The organisation's own number, where it gave one that holds. */
  readonly contactHolder?: ContactHolder | null;
  readonly lastHeard: string | null;
  readonly stale: boolean;
  /** Its people give signals by hand: silence never means that there is no contact. */
  readonly byHand?: boolean;
  /** The asker's own organisation: what it knows of itself is no gap and no silence. */
  readonly own?: boolean;
}

/** Somebody of the asker's own organisation who follows this citizen. */
export interface Colleague {
  readonly name: string | null;
  readonly team: string | null;
  readonly since: string;
}

/** What the asker said of a flag of this answer at an earlier lookup, and where that is kept. */
export interface SaidBefore {
  readonly place: number;
  readonly entryId: string;
  readonly flag: number;
  /** When that was looked up. */
  readonly at: string;
  readonly outcome: string;
}

export interface Part {
  readonly entryId: string;
  readonly scope: string;
  /** The categories that were looked for. */
  readonly asked: readonly string[];
  readonly flags: readonly Flag[];
  readonly sources: readonly Freshness[];
  readonly colleagues?: readonly Colleague[];
  readonly canFollow?: boolean;
  /** Until when the asker follows this citizen already. */
  readonly followedUntil?: string | null;
  /** The categories whose source hears of this lookup, and of what came of it. */
  readonly tells?: readonly string[];
  /** When the same was asked before in this case, and what changed since. */
  readonly before?: { readonly at: string; readonly changes: readonly string[] } | null;
  readonly saidBefore?: readonly SaidBefore[];
}

export interface Answer {
  readonly parts: readonly Part[];
  /** Key holders that did not serve; the others did. */
  readonly passedOver: readonly number[];
  /** Whether holders have gone on to another key config than the one that served. */
  readonly isOld: boolean;
}

/** Where the last accepted key config is kept, so that no older one is taken for it. */
export interface Memory {
  read(): KeyConfig | null;
  write(config: KeyConfig): void;
}

/** Whom a part is about, for as long as the part is kept: it stands in nothing else. */
const NAMED = new WeakMap<Part, Named>();

/** A person as the holders named one; no number, and worth nothing without the index. */
export interface Named {
  readonly keyVersion: number;
  readonly pseudonym: string;
}

/** Give whom a part of an answer is about; nobody where it came from elsewhere. */
export function namedIn(part: Part): Named | undefined {
  return NAMED.get(part);
}

/** Fetch the key config and believe it only when it holds; hear whom to ask last. */
export async function loadHolders(relay: Relay, memory: Memory, now: Date): Promise<KeyHolders> {
  const [document, trust] = await Promise.all([relay.keyConfig(), relay.trust()]);
  const config = verifyConfig(document, { ...trust, known: memory.read(), now });
  memory.write(config);
  return { config, document, avoid: trust.avoid };
}

/**
 * Ask about one household. The numbers are blinded, and wiped, before the first request
 * leaves. A lookup whose answer got lost is sent once more as it was: the index
 * recognises it and records a repeat. `renew` loads the holders anew, where they have
 * gone on to another key config.
 */
export async function lookUp(
  relay: Relay,
  holders: KeyHolders,
  question: Question,
  subjects: readonly Subject[],
  renew: () => Promise<KeyHolders>,
): Promise<Answer> {
  const told = subjects.map((each) => each.informed);
  const made = await pseudonymise(relay, holders, subjects.map((each) => each.bsn), renew);
  const { breakGlass = null, ...asked } = question;
  const body = {
    keyVersion: made.keyVersion,
    tickets: made.tickets,
    subjects: made.pseudonyms.map((pseudonym, place) => ({ pseudonym, informed: told[place] ?? null })),
    ...asked,
    breakGlass,
  };
  const answer = await sendTwice(relay, body);
  const parts = parseParts(answer, subjects.length);
  const { keyVersion } = made;
  parts.forEach((part, place) => NAMED.set(part, { keyVersion, pseudonym: made.pseudonyms[place] as string }));
  return { parts, passedOver: made.fallback, isOld: made.isOld };
}

async function sendTwice(relay: Relay, body: unknown): Promise<unknown> {
  try {
    return await relay.lookUp(body);
  } catch (error) {
    const lost = error instanceof Offline || isProblem(error, "index-unreachable");
    if (!lost) throw error;
    return relay.lookUp(body);
  }
}

function parseParts(answer: unknown, people: number): Part[] {
  const parts = asObject(answer)["answers"];
  if (!Array.isArray(parts) || parts.length !== people) throw new Malformed();
  return parts.map((part: unknown) => {
    const found = asObject(part);
    if (!["asked", "flags", "sources"].every((member) => Array.isArray(found[member]))) {
      throw new Malformed();
    }
    return found as unknown as Part;
  });
}
