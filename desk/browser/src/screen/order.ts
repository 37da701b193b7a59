/**
 * In which order to call: who coordinates, then who can be reached now, then the rest by
 * when somebody answers. The answer's own order stays the flags' places: it is by place
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

export function orderFlags(flags: readonly Flag[], categories: readonly Category[], now: Date): Ordered[] {
  const coordinating = new Set(categories.filter((each) => each.coordinates).map((each) => each.id));
  return flags
    .map((flag, place) => ({ flag, place, reach: chooseReach(flag.contactHolder, now), coordinates: coordinating.has(flag.category) }))
    .sort((one, other) => Number(other.coordinates) - Number(one.coordinates) || compare(one.reach.opensAt, other.reach.opensAt));
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
