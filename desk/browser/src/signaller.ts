/**
 * One signal by hand, from a typed number to the index: named once, given under one
 * reference, so that what broke off can be sent again and stays one signal.
 */
import type { Bsn } from "./bsn.ts";
import { type GivenAlready, Offline, type Told } from "./errors.ts";
import type { Memory, Named } from "./lookup.ts";
import { PersonAsker } from "./person-asker.ts";
import { isProblem, type Relay } from "./relay.ts";

/** What is said of somebody: which contact, since when they know of it, until when. */
export interface Given {
  readonly category: string;
  readonly municipality: string;
  readonly contactHolder: string;
  readonly informed: { readonly code: string; readonly on: string };
  /** Since which day there is contact; null for the day on which it is given. */
  readonly since: string | null;
  readonly validUntil: string;
  readonly caseReference: string;
  readonly anotherPerson: boolean;
  /** The lookup that it comes from; null where it was typed. */
  readonly entryId: string | null;
}

export class Signaller {
  readonly #relay: Relay;
  readonly #asker: PersonAsker;
  #named: Named | null = null;
  #reference: string;
  /** What the organisation gave of this person already, as the index told last. */
  #beside: readonly string[] = [];

  /** `reference` is that of a signal which was begun before and did not arrive. */
  constructor(relay: Relay, memory: Memory, reference: string = crypto.randomUUID()) {
    this.#relay = relay;
    this.#asker = new PersonAsker(relay, memory, "publish");
    this.#reference = reference;
  }

  /** Whether the number was blinded: then it need not be typed again. */
  get isNamed(): boolean {
    return this.#named !== null;
  }

  /** Take a person whom a lookup of this page named already. */
  take(named: Named): void {
    this.#named = named;
  }

  /** Name a person; `blinded` is called when nothing is left of the number here. */
  async name(bsn: Bsn, blinded: () => void): Promise<void> {
    this.#named = await this.#asker.name(bsn, blinded);
  }

  /**
   * Give the signal, and its reference; an answer that got lost is asked once more as it was.
   * `keepsBoth`: also beside what the index told that the organisation gave already.
   */
  async give(given: Given, keepsBoth = false): Promise<string> {
    if (this.#named === null) throw new Error("nobody is named");
    const { keyVersion, pseudonym } = this.#named;
    const body = { reference: this.#reference, keyVersion, pseudonym, ...given, beside: keepsBoth ? this.#beside : [] };
    try {
      await this.#relay.act("/hand-signals", body);
    } catch (error) {
      if (isProblem(error, "stale-key-version")) this.#named = null;
      this.#beside = givenAlready(error).map((each) => each.reference);
      if (!(error instanceof Offline || isProblem(error, "index-unreachable"))) throw error;
      await this.#relay.act("/hand-signals", body);
    }
    return this.#reference;
  }

  /** Take back what was just given, and begin another signal about the same person. */
  async takeBack(): Promise<void> {
    await this.#relay.act(`/hand-signals/${this.#reference}/withdrawal`, { reason: "entered-in-error" });
    this.#reference = crypto.randomUUID();
  }

  /** Forget the person, and begin another signal. */
  forget(): void {
    this.#named = null;
    this.#beside = [];
    this.#reference = crypto.randomUUID();
  }
}

/** What stands of this citizen by the own organisation, where a refusal tells of it. */
export function givenAlready(error: unknown): readonly GivenAlready[] {
  return isProblem(error, "given-already") ? ((error as Told).problem.given ?? []) : [];
}
