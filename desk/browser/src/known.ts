/**
 * The last key config that held, kept over a reload, so that no older one and no other
 * key is taken for it. It is public, and about nobody. Where a browser keeps nothing, or
 * something else stands there, it is known for as long as the page is.
 */
import { type KeyConfig, parseConfig } from "./config-document.ts";
import type { Kept } from "./kept.ts";
import type { Memory } from "./lookup.ts";

export class KnownConfig implements Memory {
  readonly #kept: () => Pick<Kept, "getItem" | "setItem">;
  readonly #name: string;
  #newest: KeyConfig | null = null;

  /** `kept` is asked each time: a browser may refuse the very mention of its storage. */
  constructor(kept: () => Pick<Kept, "getItem" | "setItem">, name: string) {
    this.#kept = kept;
    this.#name = name;
  }

  /** Give the newer of what the page and the browser know: another tab may be ahead. */
  read(): KeyConfig | null {
    const stored = this.#readStored();
    if (stored === null || this.#newest === null) return stored ?? this.#newest;
    return stored.serial > this.#newest.serial ? stored : this.#newest;
  }

  write(config: KeyConfig): void {
    this.#newest = config;
    try {
      this.#kept().setItem(this.#name, JSON.stringify(config));
    } catch {
      // it keeps nothing here: the page knows it
    }
  }

  #readStored(): KeyConfig | null {
    try {
      return parseConfig(JSON.parse(this.#kept().getItem(this.#name) ?? "null"));
    } catch {
      return null;
    }
  }
}
