/**
 * A calm wait: after a while it says that it takes longer, and in the end it gives up
 * and stops whatever was still to be sent.
 */
const SLOW_AFTER = 4_000;
export const GIVE_UP_AFTER = 20_000;

export class Waiting {
  readonly #controller = new AbortController();
  readonly #slow: ReturnType<typeof setTimeout>;
  readonly #end: ReturnType<typeof setTimeout>;

  constructor(sayItTakesLonger: () => void) {
    this.#slow = setTimeout(sayItTakesLonger, SLOW_AFTER);
    this.#end = setTimeout(() => this.#controller.abort(), GIVE_UP_AFTER);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether it was given up. */
  get isOver(): boolean {
    return this.#controller.signal.aborted;
  }

  stop(): void {
    clearTimeout(this.#slow);
    clearTimeout(this.#end);
  }
}
