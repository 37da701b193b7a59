/** A number for all requests of one question, to read out over the phone: `7KQ-4TM`. */
const ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/** Draw one; the desk logs under it what fails on the way (desk/problems.py). */
export function drawReference(): string {
  const drawn = [...crypto.getRandomValues(new Uint8Array(6))].map((byte) => ALPHABET[byte % ALPHABET.length]);
  return `${drawn.slice(0, 3).join("")}-${drawn.slice(3).join("")}`;
}
