/** Ask again and again from one page: the key config and what is known of the holders. */
import { type Answer, loadHolders, lookUp, type Memory, type Question, type Subject } from "./lookup.ts";
import type { KeyHolders } from "./pseudonymise.ts";
import { isProblem, type Relay } from "./relay.ts";

export class Asker {
  readonly #relay: Relay;
  readonly #memory: Memory;
  #holders: Promise<KeyHolders>;

  /** Begin with fetching the key config, so that it is there when it is needed. */
  constructor(relay: Relay, memory: Memory) {
    this.#relay = relay;
    this.#memory = memory;
    this.#holders = this.#load();
  }

  /** Ask about one household; `blinded` is called when nothing is left of the numbers. */
  async ask(question: Question, people: readonly Subject[], blinded: () => void): Promise<Answer> {
    const holders = await this.#holders.catch(() => (this.#holders = this.#load()));
    const renew = () => (this.#holders = this.#load());
    const asking = lookUp(this.#relay, holders, question, people, renew);
    blinded(); // the call above ran up to its first request
    try {
      const answer = await asking;
      const avoid = answer.passedOver;
      if (answer.isOld) this.#holders = this.#load();
      else if (avoid.length > 0) this.#holders = Promise.resolve({ ...(await this.#holders), avoid });
      return answer;
    } catch (error) {
      if (isProblem(error, "stale-key-version")) this.#holders = this.#load();
      throw error;
    }
  }

  #load(): Promise<KeyHolders> {
    const loading = loadHolders(this.#relay, this.#memory, new Date());
    loading.catch(() => undefined); // told when it is needed
    return loading;
  }
}
