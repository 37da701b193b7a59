/**
 * Whose number stands in a field: what was said of a person goes with that person's
 * number. Digits on their way to a number, or that are nobody's, are of nobody yet.
 */
import { numberIn } from "../bsn.ts";

export class StandingNumber {
  #stands = "";

  /** Note what is in the field now; true where somebody's number stood and stands no more. */
  note(typed: string): boolean {
    const before = this.#stands;
    this.#stands = numberIn(typed);
    return before !== "" && before !== this.#stands;
  }
}
