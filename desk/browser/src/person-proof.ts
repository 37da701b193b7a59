/**
 * What two holders proved of one number, written to a file for its citizen to keep
 * (docs/wire-formats.md section 6). The blind in it is sealed under a code that is in no
 * file: who finds the file has neither number nor pseudonym. The desk never sees it: with
 * the blind, a point that it relayed names a person.
 */
import { decodeJsonObject, encodeB64u, encodeText } from "./bytes.ts";
import type { HolderAnswer } from "./relay.ts";

/** Thirty-two signs that nobody confuses: a code of sixteen has eighty bits. */
const ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
const LABEL = "signal-keys/person/1\n";

/** How one number was blinded, and what each holder of the pair answered. */
export interface Evidence {
  /** The key config under which it was evaluated, as its holders signed it. */
  readonly document: Uint8Array;
  readonly point: Uint8Array;
  readonly blind: Uint8Array;
  readonly answers: readonly HolderAnswer[];
}

/** Draw a fresh code, in groups of four. */
export function drawCode(): string {
  const drawn = crypto.getRandomValues(new Uint8Array(16));
  const letters = Array.from(drawn, (byte) => ALPHABET[byte % ALPHABET.length]).join("");
  return letters.replace(/.{4}(?=.)/g, "$&-");
}

/** Write the file; whoever has its code and knows the number opens it. */
export async function writePerson(evidence: Evidence, code: string): Promise<string> {
  const typed = encodeText(LABEL + code.replaceAll("-", ""));
  const key = new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(typed)));
  const sealed = evidence.blind.map((byte, place) => byte ^ (key[place] as number));
  return JSON.stringify({
    format: "signal-keys/person/1",
    keyConfig: decodeJsonObject(evidence.document),
    blinded: encodeB64u(evidence.point),
    sealed: encodeB64u(sealed),
    evaluations: evidence.answers.map(({ holder, evaluated, proof }) => ({
      holder,
      evaluated: encodeB64u(evaluated[0] as Uint8Array),
      proof: encodeB64u(proof),
    })),
  });
}
