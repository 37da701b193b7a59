/**
 * What waits in this browser, each under a key of its own: tabs write at the same moment,
 * and none may write over what another has just added.
 */

/** What a browser keeps between pages; a part of `Storage`. */
export interface Kept {
  readonly length: number;
  key(index: number): string | null;
  getItem(name: string): string | null;
  setItem(name: string, value: string): void;
  removeItem(name: string): void;
}

export class KeptEach<T> {
  readonly #kept: Kept;
  readonly #beginning: string;
  readonly #parse: (found: unknown) => T | null;

  /** `beginning`: what the names of their keys begin with; `parse` gives null for what is not ours. */
  constructor(kept: Kept, beginning: string, parse: (found: unknown) => T | null) {
    this.#kept = kept;
    this.#beginning = beginning;
    this.#parse = parse;
  }

  all(): T[] {
    const keys = Array.from({ length: this.#kept.length }, (_, place) => this.#kept.key(place));
    return keys.filter((key) => key?.startsWith(this.#beginning)).map((key) => this.#read(key ?? "")).filter((each) => each !== null);
  }

  add(name: string, value: T): void {
    this.#kept.setItem(this.#beginning + name, JSON.stringify(value));
  }

  remove(name: string): void {
    this.#kept.removeItem(this.#beginning + name);
  }

  #read(key: string): T | null {
    try {
      return this.#parse(JSON.parse(this.#kept.getItem(key) ?? "null"));
    } catch {
      return null;
    }
  }
}
