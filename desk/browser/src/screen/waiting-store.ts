/**
 * Sealed estimates that wait in this browser, each until it is filled in, thrown away or
 * its hour is over. They stand beside the tabs, so that a tab that is closed takes nothing
 * along; whose they are, only the key tells.
 */
import { type Kept, KeptEach } from "../kept.ts";
import { parseSealed, type Sealed, WAITS } from "./sealed-estimates.ts";

const STORED = "signal-desk.estimates.";
/** More never wait: a tab each, within an hour. */
const MOST = 20;

export class WaitingStore {
  readonly #sealed: KeptEach<Sealed>;
  readonly #now: () => number;

  constructor(kept: Kept, now: () => number = Date.now) {
    this.#sealed = new KeptEach(kept, STORED, parseSealed);
    this.#now = now;
  }

  add(sealed: Sealed): void {
    this.sweep();
    this.#sealed.add(sealed.nonce, sealed);
    this.remove(...this.all().slice(0, -MOST));
  }

  remove(...gone: readonly Sealed[]): void {
    for (const { nonce } of gone) this.#sealed.remove(nonce);
  }

  /** Those whose hour is not over, the oldest first. */
  all(): Sealed[] {
    return this.#sealed.all().filter((each) => !this.#isOver(each)).sort((one, other) => one.at - other.at);
  }

  has({ nonce }: Sealed): boolean {
    return this.all().some((each) => each.nonce === nonce);
  }

  /** Erase those whose hour is over, and tell whether there were any. */
  sweep(): boolean {
    const over = this.#sealed.all().filter((each) => this.#isOver(each));
    this.remove(...over);
    return over.length > 0;
  }

  #isOver(sealed: Sealed): boolean {
    return this.#now() >= endOf(sealed);
  }
}

/** Until when it waits. */
export function endOf({ at }: Sealed): number {
  return at * 1_000 + WAITS;
}
