/**
 * In which order to call: who coordinates, then who can be reached now, then whose hours
 * nobody knows, then the rest by when somebody answers. Where somebody may be in danger
 * who can be reached now comes before who coordinates. The answer's own order stays the flags' places: it is by place
 * that a flag is spoken of to the index.
 */
import type { Flag } from "../lookup.ts";
import type { Category } from "./question.ts";
import { chooseReach, type Reach } from "./reach.ts";

export interface Ordered {
  readonly flag: Flag;
  /** Its place in the answer as it came. */
  readonly place: number;
  readonly reach: Reach;
  readonly coordinates: boolean;
}

export function orderFlags(flags: readonly Flag[], categories: readonly Category[], now: Date, isUrgent = false): Ordered[] {
  const coordinating = new Set(categories.filter((each) => each.coordinates).map((each) => each.id));
  return flags
    .map((flag, place) => ({ flag, place, reach: chooseReach(flag.contactHolder, now), coordinates: coordinating.has(flag.category) }))
    .sort((one, other) => {
      const lead = Number(other.coordinates) - Number(one.coordinates);
      const soon = compare(one.reach.opensAt, other.reach.opensAt);
      return isUrgent ? soon || lead : lead || soon;
    });
}

/** One number to call, about how many of a household it may be. */
export interface Call {
  readonly organisation: string;
  readonly reach: Reach;
  readonly names: readonly string[];
}

/** Put together whom to call about a whole household: each number once, who answers now first. */
export function orderCalls(people: readonly { readonly name: string; readonly ordered: readonly Ordered[] }[]): Call[] {
  const calls = new Map<string, Call>();
  for (const { name, ordered } of people) {
    for (const { flag, reach } of ordered) {
      const key = `${flag.organisation} ${reach.phone}`;
      const names = calls.get(key)?.names ?? [];
      calls.set(key, { organisation: flag.organisation, reach, names: names.includes(name) ? names : [...names, name] });
    }
  }
  return [...calls.values()].sort((one, other) => compare(one.reach.opensAt, other.reach.opensAt));
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
