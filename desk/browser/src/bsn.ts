/**
 * The citizen service number. It exists in this browser only, from the key press until
 * it is blinded: it has no getter, no `toString`, and its bytes are wiped.
 */
import { encodeText } from "./bytes.ts";
import { InvalidBsn } from "./errors.ts";

const WEIGHTS = [9, 8, 7, 6, 5, 4, 3, 2, -1] as const;
const PREFIX = "nl-bsn:";

/** A number that passed the 11-proof, as the 16 bytes that are hashed to the group. */
export class Bsn {
  readonly #registered: Uint8Array;

  constructor(registered: Uint8Array) {
    this.#registered = registered;
  }

  /** Let the bytes be used once, then overwrite them. */
  spend<T>(use: (registered: Uint8Array) => T): T {
    try {
      return use(this.#registered);
    } finally {
      this.#registered.fill(0);
    }
  }

  /** A second one, for another attempt; each is wiped when it is spent. */
  copy(): Bsn {
    return new Bsn(this.#registered.slice());
  }
}

/** The digits of what was typed; spaces, dots and dashes may stand between them. */
export function digitsOf(typed: string): string {
  return typed.replace(/[\s.\-\u00a0\u2010-\u2015]/g, "");
}

/** The digits of a typed number that can be somebody's; empty where it cannot. */
export function numberIn(typed: string): string {
  try {
    parseBsn(typed);
    return digitsOf(typed);
  } catch (error) {
    if (error instanceof InvalidBsn) return "";
    throw error;
  }
}

/**
 * Read a typed number, or throw `InvalidBsn` with what to say about it.
 * 11-proof: Besluit burgerservicenummer art. 1.
 */
export function parseBsn(typed: string): Bsn {
  const digits = digitsOf(typed);
  if (digits === "") throw new InvalidBsn("bsn-empty");
  if (!/^[0-9]+$/.test(digits)) throw new InvalidBsn("bsn-digits-only");
  if (digits.length < WEIGHTS.length) throw new InvalidBsn("bsn-too-short");
  if (digits.length > WEIGHTS.length) throw new InvalidBsn("bsn-too-long");
  const sum = WEIGHTS.reduce((total, weight, place) => total + weight * Number(digits[place]), 0);
  if (sum % 11 !== 0 || /^0+$/.test(digits)) throw new InvalidBsn("bsn-typo");
  return new Bsn(encodeText(PREFIX + digits));
}
