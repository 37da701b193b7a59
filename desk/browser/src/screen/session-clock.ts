/**
 * Until when the session of this page lives if nobody does anything, as far as the page
 * knows. The desk alone knows it for certain: other tabs use the same session.
 */
export const HIDE_AFTER = 5 * 60_000;
/** Without use a session lives so long (desk/sessions.py). */
const LIVES = 15 * 60_000;
const SAY_ENDING = 10 * 60_000;

/** What the desk says of a session's life, in milliseconds. */
export interface Life {
  readonly unused: number;
  readonly left: number;
}

export class SessionClock {
  #endsAt: number;
  #until: number;

  /** `left`: how long it lives at most, used or not. */
  constructor(now: number, left: number) {
    this.#endsAt = now + left;
    this.#until = Math.min(now + LIVES, this.#endsAt);
  }

  get until(): number {
    return this.#until;
  }

  /** The desk said for how long nobody had used it, and how long it lives at most. */
  note({ unused, left }: Life, now: number): void {
    this.#endsAt = now + left;
    this.#until = Math.min(now + LIVES - unused, this.#endsAt);
  }

  /** Whether it may be over: ask the desk. */
  isDue(now: number): boolean {
    return now >= this.#until;
  }

  /** Whether to say that its longest time is nearly over, used or not. */
  isEnding(now: number): boolean {
    return this.#endsAt - now <= SAY_ENDING;
  }
}
