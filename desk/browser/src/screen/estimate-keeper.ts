/**
 * Keep estimates through the end of a session. While there are any, the page holds a key
 * that the desk gave at the last sign of work. When the session is over they are sealed,
 * the key is forgotten, and what is sealed waits in this browser; the page itself is left.
 */
import { all } from "./dom.ts";
import type { EstimateKeys } from "./estimate-keys.ts";
import { type Estimated, type Marks, seal, type SealKey, WAITS } from "./sealed-estimates.ts";
import type { WaitingStore } from "./waiting-store.ts";

export const MARK = /^estimate-(\d+)-(.+)$/;

/** Read what is chosen; `names` are what the people asked about are called, in order. */
export function readMarks(roots: readonly ParentNode[], names: readonly string[]): Marks[] {
  const found = new Map<number, Record<string, string>>();
  for (const input of roots.flatMap((root) => all<HTMLInputElement>("input[name^=estimate-]:checked", root))) {
    const [, number = "0", domain = ""] = MARK.exec(input.name) ?? [];
    found.set(Number(number), { ...found.get(Number(number)), [domain]: input.value });
  }
  return [...found].map(([number, marks]) => ({ name: names[number - 1] ?? "", marks }));
}

export class EstimateKeeper {
  readonly #keys: EstimateKeys;
  readonly #store: WaitingStore;
  readonly #read: () => Estimated | null;
  #key: SealKey | null = null;

  /** `read` gives what is estimated now; null where nothing is. */
  constructor(keys: EstimateKeys, store: WaitingStore, read: () => Estimated | null) {
    this.#keys = keys;
    this.#store = store;
    this.#read = read;
    document.addEventListener("change", (event) => {
      const isMark = event.target instanceof HTMLInputElement && MARK.test(event.target.name);
      if (isMark && this.#key === null) void this.renew();
    });
  }

  /** Take the key of now: there was a sign of work. */
  async renew(): Promise<void> {
    if (this.#read() === null) return;
    const found = await this.#keys.give();
    if (found !== null) this.#key = found;
  }

  /** Put the estimates on a lock, and forget the key. */
  async seal(): Promise<void> {
    const [key, estimated] = [this.#key, this.#read()];
    this.#key = null;
    if (key === null || estimated === null || Date.now() - key.at * 1_000 > WAITS) return;
    this.#store.add(await seal(estimated, key));
    key.key.fill(0);
  }
}
