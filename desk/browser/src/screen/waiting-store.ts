/**
 * Sealed estimates that wait in this browser, each until it is filled in, thrown away or
 * its hour is over. They stand beside the tabs, so that a tab that is closed takes nothing
 * along; whose they are, only the key tells.
 */
import type { Kept } from "../unfinished.ts";
import { parseSealed, type Sealed, WAITS } from "./sealed-estimates.ts";

const STORED = "signal-desk.estimates";
/** More never wait: a tab each, within an hour. */
const MOST = 20;

export class WaitingStore {
  readonly #kept: Kept;
  readonly #now: () => number;

  constructor(kept: Kept, now: () => number = Date.now) {
    this.#kept = kept;
    this.#now = now;
  }

  add(sealed: Sealed): void {
    this.#write([...this.all(), sealed].slice(-MOST));
  }

  remove(...gone: readonly Sealed[]): void {
    const nonces = new Set(gone.map((each) => each.nonce));
    this.#write(this.#read().filter((each) => !nonces.has(each.nonce)));
  }

  /** Those whose hour is not over. */
  all(): Sealed[] {
    return this.#read().filter((each) => this.#now() < endOf(each));
  }

  has({ nonce }: Sealed): boolean {
    return this.all().some((each) => each.nonce === nonce);
  }

  /** Erase those whose hour is over, and tell whether there were any. */
  sweep(): boolean {
    const [before, left] = [this.#read(), this.all()];
    if (left.length < before.length) this.#write(left);
    return left.length < before.length;
  }

  #read(): Sealed[] {
    try {
      const found: unknown = JSON.parse(this.#kept.getItem(STORED) ?? "[]");
      return Array.isArray(found) ? found.map(parseSealed).filter((each) => each !== null) : [];
    } catch {
      return [];
    }
  }

  #write(sealed: readonly Sealed[]): void {
    if (sealed.length === 0) this.#kept.removeItem(STORED);
    else this.#kept.setItem(STORED, JSON.stringify(sealed));
  }
}

/** Until when it waits. */
export function endOf({ at }: Sealed): number {
  return at * 1_000 + WAITS;
}
