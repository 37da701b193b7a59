/**
 * One person whom an officer asks about, or whom somebody signals: from a typed number to
 * a pseudonym, with two tickets of the act (none for publishing). What is asked or said
 * with them, the page sends itself.
 */
import type { Bsn } from "./bsn.ts";
import { loadHolders, type Memory } from "./lookup.ts";
import type { Evidence } from "./person-proof.ts";
import { type KeyHolders, pseudonymise } from "./pseudonymise.ts";
import type { Act, Relay } from "./relay.ts";

/** The members by which a body names one person (docs/wire-formats.md, citizens' rights). */
export interface PersonNamed {
  readonly keyVersion: number;
  readonly tickets: readonly string[];
  readonly pseudonym: string;
}

/** The same, with what proves whose pseudonym it is. */
export interface ProvenPerson {
  readonly named: PersonNamed;
  readonly evidence: Evidence;
}

export class PersonAsker {
  readonly #relay: Relay;
  readonly #memory: Memory;
  readonly #act: Act;
  #holders: Promise<KeyHolders> | null = null;

  constructor(relay: Relay, memory: Memory, act: Act = "officer-search") {
    this.#relay = relay;
    this.#memory = memory;
    this.#act = act;
  }

  /** Name one person; `blinded` is called when nothing is left of the number here. */
  async name(bsn: Bsn, blinded: () => void): Promise<PersonNamed> {
    return (await this.prove(bsn, blinded)).named;
  }

  /** Name one person, and keep what holders proved: for the citizen, never for the desk. */
  async prove(bsn: Bsn, blinded: () => void): Promise<ProvenPerson> {
    const holders = await (this.#holders ??= this.#load());
    const renew = () => (this.#holders = this.#load());
    const evaluating = pseudonymise(this.#relay.forAct(this.#act), holders, [bsn], renew);
    blinded(); // the call above ran up to its first request
    try {
      const { pseudonyms, tickets, keyVersion, fallback: avoid, isOld, evidence } = await evaluating;
      if (isOld) this.#holders = null;
      else if (avoid.length > 0) this.#holders = Promise.resolve({ ...(await this.#holders), avoid });
      const named = { keyVersion, tickets, pseudonym: pseudonyms[0] as string };
      return { named, evidence: evidence as Evidence };
    } catch (error) {
      this.#holders = null; // the key may have changed; the next attempt looks
      throw error;
    }
  }

  #load(): Promise<KeyHolders> {
    return loadHolders(this.#relay, this.#memory, new Date());
  }
}
