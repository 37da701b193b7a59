/** Ask again and again from one page: the key config and what is known of the holders. */
import type { KeyConfig } from "./key-config.ts";
import { type Answer, loadConfig, lookUp, type Memory, type Question, type Subject } from "./lookup.ts";
import { isProblem, type Relay } from "./relay.ts";

export class Asker {
  readonly #relay: Relay;
  readonly #memory: Memory;
  #config: Promise<KeyConfig>;
  #passedOver: readonly number[] = [];

  /** Begin with fetching the key config, so that it is there when it is needed. */
  constructor(relay: Relay, memory: Memory) {
    this.#relay = relay;
    this.#memory = memory;
    this.#config = this.#load();
  }

  /** Ask about one household; `blinded` is called when nothing is left of the numbers. */
  async ask(question: Question, people: readonly Subject[], blinded: () => void): Promise<Answer> {
    const config = await this.#config.catch(() => (this.#config = this.#load()));
    const asking = lookUp(this.#relay, { config, avoid: this.#passedOver }, question, people);
    blinded(); // the call above ran up to its first request
    try {
      const answer = await asking;
      this.#passedOver = answer.passedOver;
      return answer;
    } catch (error) {
      if (isProblem(error, "stale-key-version")) this.#config = this.#load();
      throw error;
    }
  }

  #load(): Promise<KeyConfig> {
    const loading = loadConfig(this.#relay, this.#memory, new Date());
    loading.catch(() => undefined); // told when it is needed
    return loading;
  }
}
