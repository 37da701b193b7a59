/**
 * Estimates that waited, opened for the person who made them and held in this page's
 * memory alone. Sealed they wait on until they are filled in, thrown away or their hour is
 * over: a question that is refused and a tab that is closed lose nothing.
 */
import type { EstimateKeys } from "./estimate-keys.ts";
import { type Estimated, type Marks, open, seal, type Sealed, type SealKey } from "./sealed-estimates.ts";
import type { WaitingStore } from "./waiting-store.ts";

/** What waits of one case. */
export interface Opened {
  readonly sealed: Sealed;
  readonly key: SealKey;
  readonly estimated: Estimated;
}

export class OpenedEstimates {
  readonly #keys: EstimateKeys;
  readonly #store: WaitingStore;
  #opened: readonly Opened[] = [];
  #opening: Promise<boolean> = Promise.resolve(true);

  constructor(keys: EstimateKeys, store: WaitingStore) {
    this.#keys = keys;
    this.#store = store;
  }

  /**
   * Open what waits, and tell whether nothing had to be erased: what is too old, of
   * another person, or of somebody who did not prove anew who they are. What the desk
   * gave no answer about waits on.
   */
  open(): Promise<boolean> {
    this.#opening = this.#opening.then(() => this.#openAll());
    return this.#opening;
  }

  async #openAll(): Promise<boolean> {
    let isWhole = !this.#store.sweep();
    for (const sealed of this.#store.all()) {
      if (this.#opened.some((each) => each.sealed.nonce === sealed.nonce)) continue;
      const key = await this.#keys.giveAgain(sealed.at);
      if (key === null) continue;
      const estimated = key === "gone" ? null : await open(sealed, key);
      if (key !== "gone" && estimated !== null) this.#opened = [...this.#opened, { sealed, key, estimated }];
      else {
        this.#store.remove(sealed);
        isWhole = false;
      }
    }
    return isWhole;
  }

  /** What still waits: not what another tab filled in or threw away since. */
  get waiting(): readonly Opened[] {
    return this.#opened.filter((each) => this.#store.has(each.sealed));
  }

  /** Take what was filled in of one person; the others of the case wait on. */
  async take(taken: Opened, person: Marks): Promise<void> {
    const people = taken.estimated.people.filter((each) => each !== person);
    const estimated = { ...taken.estimated, people };
    const left = people.length === 0 ? [] : [{ ...taken, estimated, sealed: await seal(estimated, taken.key) }];
    for (const each of left) this.#store.add(each.sealed);
    this.#store.remove(taken.sealed);
    this.#opened = [...this.#opened.filter((each) => each.sealed !== taken.sealed), ...left];
  }

  /** Throw all of it away. */
  async drop(): Promise<void> {
    await this.#opening;
    this.#store.remove(...this.#opened.map((each) => each.sealed));
    this.#opened = [];
  }
}
