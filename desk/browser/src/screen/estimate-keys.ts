/** The keys under which estimates wait, as the desk gives them (desk/estimate_keys.py). */
import { parseKey, type SealKey } from "./sealed-estimates.ts";

/** A key; `gone` where the desk gives it to nobody, or not to who is here; null: no answer. */
export type GivenKey = SealKey | "gone" | null;

export class EstimateKeys {
  readonly #headers: Readonly<Record<string, string>>;
  readonly #fetch: typeof fetch;

  constructor(headers: Readonly<Record<string, string>>, fetcher: typeof fetch = (path, init) => fetch(path, init)) {
    this.#headers = headers;
    this.#fetch = fetcher;
  }

  /** Ask the key of now. */
  async give(): Promise<SealKey | null> {
    const found = await this.#ask("/estimate-keys", {});
    return found === "gone" ? null : found;
  }

  /** Ask the key of an earlier moment again. */
  giveAgain(at: number): Promise<GivenKey> {
    return this.#ask("/estimate-keys/again", { at });
  }

  async #ask(path: string, body: unknown): Promise<GivenKey> {
    const headers = { ...this.#headers, "Content-Type": "application/json" };
    try {
      const answer = await this.#fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
      if (answer.status === 404) return "gone";
      return answer.ok ? parseKey(await answer.json()) : null;
    } catch {
      return null;
    }
  }
}
