/**
 * In which order to call: who coordinates, then who can be reached now, then whose hours
 * nobody knows, then the rest by when somebody answers; the asker's own organisation after
 * all others, unless a colleague coordinates. Where somebody may be in danger who can be reached now comes before who
 * coordinates, and Veilig Thuis before others who can. Who was reached is not called again,
 * and who did not answer waits for those who were not tried. The answer's own order stays
 * the flags' places: it is by place that a flag is spoken of to the index.
 */
import type { Flag, Part } from "../lookup.ts";
import type { Category } from "./question.ts";
import { chooseReach, type Reach } from "./reach.ts";

/** Known by name, as in the policy: its calling is danger. */
const VEILIG_THUIS = "veilig-thuis";
const NOT_REACHABLE = "not-reachable";

export interface Ordered {
  readonly flag: Flag;
  /** Its place in the answer as it came. */
  readonly place: number;
  readonly reach: Reach;
  readonly coordinates: boolean;
  /** Of the asker's own organisation, which nobody needs to call. */
  readonly isOwn: boolean;
}

export function orderFlags({ flags, sources }: Pick<Part, "flags" | "sources">, categories: readonly Category[], now: Date, isUrgent = false): Ordered[] {
  const own = new Set(sources.filter((source) => source.own === true).map((source) => source.organisation));
  const coordinating = new Set(categories.filter((each) => each.coordinates).map((each) => each.id));
  return flags
    .map((flag, place) => ({ flag, place, reach: chooseReach(flag.contactHolder, now), coordinates: coordinating.has(flag.category), isOwn: own.has(flag.organisation) }))
    .sort((one, other) => {
      const isLast = ({ isOwn, coordinates }: Ordered) => isOwn && (isUrgent || !coordinates);
      const others = Number(isLast(one)) - Number(isLast(other));
      const lead = Number(other.coordinates) - Number(one.coordinates);
      const soon = compare(one.reach.opensAt, other.reach.opensAt);
      return others || (isUrgent ? soon || comparePlace(one.flag, other.flag) || lead : lead || soon);
    });
}

/** Whom to call of one person, as it changes with what came of each call. */
export class Calls {
  readonly #ordered: readonly Ordered[];
  readonly #said = new Map<number, string>();
  readonly #shown: ((calls: readonly Ordered[]) => void)[] = [];

  constructor(ordered: readonly Ordered[]) {
    this.#ordered = ordered.filter((each) => !each.isOwn);
  }

  /** Who is still to be called, the next one first. */
  get waiting(): readonly Ordered[] {
    const untried = this.#ordered.filter((each) => !this.#said.get(each.place));
    return [...untried, ...this.#ordered.filter((each) => this.#said.get(each.place) === NOT_REACHABLE)];
  }

  /** Whether there was somebody to call, and everybody was reached. */
  get isDone(): boolean {
    return this.#ordered.length > 0 && this.waiting.length === 0;
  }

  /** Show it now, and again each time that it changes. */
  show(paint: (calls: readonly Ordered[]) => void): void {
    this.#shown.push(paint);
    paint(this.waiting);
  }

  /** What came of a flag; "" where that was taken back. */
  note(place: number, outcome: string): void {
    this.#said.set(place, outcome);
    for (const paint of this.#shown) paint(this.waiting);
  }
}

/** What a line of "Wat ik heb opgezocht" knows of whom to call. */
export interface Later {
  readonly said: string;
  readonly isOwn: boolean;
  readonly coordinates: boolean;
  /** As in `Reach`; null where nobody is to be called. */
  readonly opensAt: string | null;
}

/** Put lines in the order of the answer: not tried before not reached, then as `orderFlags`. */
export function orderLater<T extends Later>(lines: readonly T[]): T[] {
  const rank = ({ said, isOwn }: Later) => (isOwn ? 3 : said === "" ? 0 : said === NOT_REACHABLE ? 1 : 2);
  return [...lines].sort((one, other) => {
    const lead = Number(other.coordinates) - Number(one.coordinates);
    return rank(one) - rank(other) || lead || compare(one.opensAt ?? "", other.opensAt ?? "");
  });
}

/** One number to call, about how many of a household it may be. */
export interface Call {
  readonly organisation: string;
  readonly reach: Reach;
  readonly names: readonly string[];
  readonly flag: Flag;
}

/** Put together whom to call about a whole household: each number once, who answers now first. */
export function orderCalls(people: readonly { readonly name: string; readonly ordered: readonly Ordered[] }[]): Call[] {
  const calls = new Map<string, Call>();
  for (const { name, ordered } of people) {
    for (const { flag, reach, isOwn } of ordered) {
      if (isOwn) continue;
      const key = `${flag.organisation} ${reach.phone}`;
      const names = calls.get(key)?.names ?? [];
      calls.set(key, { organisation: flag.organisation, reach, flag, names: names.includes(name) ? names : [...names, name] });
    }
  }
  return [...calls.values()].sort((one, other) => compare(one.reach.opensAt, other.reach.opensAt) || comparePlace(one.flag, other.flag));
}

/** Danger is the work of one of them. */
function comparePlace(one: Flag, other: Flag): number {
  return Number(other.category === VEILIG_THUIS) - Number(one.category === VEILIG_THUIS);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
