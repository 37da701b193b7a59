/**
 * What an answer does not say: who is late, of what nobody tells us, and who was asked
 * and named no contact. None of it depends on the person but the last. The asker's own
 * organisation is in none of it: what it tells and what it keeps silent, it knows itself.
 */
import type { Flag, Freshness, Part } from "../lookup.ts";
import { writeDay } from "./moments.ts";
import type { Category } from "./question.ts";
import { writeStale } from "./reach.ts";
import { text } from "./texts.ts";

/** An organisation of which something may be missing. */
export interface Late {
  readonly organisation: string;
  readonly said: string;
  readonly phone: string | null;
  /** That its number was not confirmed for long; empty where it was. */
  readonly stale: string;
}

export const LIST = new Intl.ListFormat("nl", { type: "conjunction" });

/** What holds for everyone asked about: of the flags only those that each of them has. */
export function joinParts(parts: readonly Part[]): Part {
  const [first] = parts as readonly [Part];
  return { ...first, flags: first.flags.filter((flag) => parts.every((part) => hasFlag(part, flag))) };
}

/** The sources that are late, one line per organisation and per day it was last heard. */
export function findLate({ sources }: Part, categories: readonly Category[]): Late[] {
  const groups = new Map<string, Freshness[]>();
  for (const source of sources.filter((each) => !isOwn(each) && isLate(each))) {
    const group = `${source.organisation} ${source.lastHeard}`;
    groups.set(group, [...(groups.get(group) ?? []), source]);
  }
  return [...groups.values()].map((group) => {
    const [first] = group as [Freshness];
    const about = LIST.format(group.map((each) => shortOf(each, categories)));
    const heard = first.lastHeard;
    const said = heard === null ? text("late-never", { about }) : text("late-since", { about, day: writeDay(heard) });
    return { organisation: first.organisation, said, phone: first.contactHolder?.phone ?? null, stale: writeStale(first.contactHolder) };
  });
}

/** Say of which categories nobody tells us anything, yet or any more; null where somebody does of all. */
export function writeAbsent(part: Part, categories: readonly Category[]): string | null {
  const connected = new Set(part.sources.map((source) => source.category));
  const absent = categories.filter(({ id }) => part.asked.includes(id) && !connected.has(id));
  const hasStopped = ({ stopped }: Category): boolean => stopped === true;
  const said = [writeNames("not-connected", absent.filter((each) => !hasStopped(each))), writeNames("stopped", absent.filter(hasStopped))];
  return said.filter((each) => each !== null).join(" ") || null;
}

/** Say what the purpose can show and this question did not look for; null for nothing. */
export function writeNotAsked(part: Part, categories: readonly Category[]): string | null {
  return writeNames("not-asked", categories.filter(({ id }) => !part.asked.includes(id)));
}

/** Say what the purpose does not show: of what others tell by name, and that there is more. */
export function writeBeyond(beyond: readonly string[]): string {
  return text("beyond", { categories: LIST.format([...beyond, text("all-else")]) });
}

/** Name in few words what an answer says nothing sure of; null where it does of all. */
export function writeUnknown(part: Part, categories: readonly Category[], as = "unknown"): string | null {
  return writeNames(as, categories.filter((category) => !isSure(part, category)));
}

function writeNames(name: string, categories: readonly Category[]): string | null {
  if (categories.length === 0) return null;
  return text(name, { categories: LIST.format(categories.map((category) => category.short)) });
}

/** Say whose silence never means that there is no contact; null where nobody of these is silent. */
export function writeByHand(part: Part, categories: readonly Category[]): string | null {
  const byHand = part.sources.filter((source) => source.byHand === true && !isOwn(source) && !isLate(source) && !hasFlag(part, source));
  if (byHand.length === 0) return null;
  const about = byHand.map((source) => `${source.organisation} (${shortOf(source, categories)})`);
  return text("only-by-hand", { organisations: LIST.format(about) });
}

/** Say who was asked and named no contact; null where there is nobody to say it of. */
export function writeSilent(part: Part, categories: readonly Category[]): string | null {
  const named = new Set(part.flags.map((flag: Flag) => flag.organisation));
  const others = part.sources.filter((source) => !isOwn(source));
  const heard = others.filter((source) => !isLate(source) && source.byHand !== true);
  const asked = heard.filter((source) => !named.has(source.organisation));
  const late = new Set(others.filter(isLate).map((source) => source.organisation));
  const byOrganisation = new Map<string, string[]>();
  for (const source of asked) {
    byOrganisation.set(source.organisation, [...(byOrganisation.get(source.organisation) ?? []), shortOf(source, categories)]);
  }
  const who = [...byOrganisation].map(([organisation, about]) =>
    late.has(organisation) ? `${organisation} (${LIST.format(about)})` : organisation,
  );
  if (who.length === 0) return null;
  return text(who.length === 1 ? "silent-one" : "silent", { organisations: LIST.format(who) });
}

/** The same in few words, for one person's row; what cannot be known stands there as not known. */
export function writeLead(part: Part, categories: readonly Category[], found: { readonly flag: Flag } | undefined): string | null {
  if (found !== undefined) return text("lead", { organisation: found.flag.contactHolder?.function || found.flag.organisation });
  const coordinating = categories.filter((category) => category.coordinates);
  return coordinating.length > 0 && coordinating.every((category) => isSure(part, category)) ? text("lead-none") : null;
}

/** Say who coordinates, the asker's own organisation too, or that nobody said so, or that we cannot know; null without the question. */
export function writeCoordinator(part: Part, categories: readonly Category[], found: { readonly flag: Flag; readonly isOwn: boolean } | undefined): string | null {
  if (found !== undefined) {
    const { organisation, contactHolder } = found.flag;
    if (!found.isOwn) return text("coordinator", { organisation });
    return contactHolder === null ? text("coordinator-own") : text("coordinator-own-who", { who: contactHolder.function });
  }
  const coordinating = categories.filter((category) => category.coordinates);
  if (coordinating.length === 0) return null;
  const isKnown = coordinating.every((category) => isSure(part, category));
  return text(isKnown ? "coordinator-none" : "coordinator-unknown");
}

/** Whether no flag of a category means no contact: it was looked for, and everybody who tells of it was heard. */
function isSure(part: Part, { id }: Category): boolean {
  const sources = part.sources.filter((source) => source.category === id);
  const isHeard = sources.every((source) => isOwn(source) || (!isLate(source) && (source.byHand !== true || hasFlag(part, source))));
  return part.asked.includes(id) && sources.length > 0 && isHeard;
}

/** Whether an organisation says of this person that it has contact. */
function hasFlag(part: Part, { organisation, category }: { readonly organisation: string; readonly category: string }): boolean {
  return part.flags.some((flag) => flag.organisation === organisation && flag.category === category);
}

function isOwn(source: Freshness): boolean {
  return source.own === true;
}

function isLate(source: Freshness): boolean {
  return source.stale || (source.lastHeard === null && source.byHand !== true);
}

function shortOf(source: Freshness, categories: readonly Category[]): string {
  return categories.find((category) => category.id === source.category)?.short ?? source.categoryLabel;
}
