/**
 * Estimates on a lock, for the hour in which somebody logs in again. The key comes from
 * the desk, which gives it again to that person alone; it is forgotten here as soon as
 * the lock is on. Only marks, what a person is called here and the own case number: never
 * a flag or a citizen's number.
 */
import { asObject, decodeB64u, encodeB64u } from "../bytes.ts";
import { Malformed } from "../errors.ts";

/** Until when they wait: an hour after a quarter of an hour without use (desk/estimate_keys.py). */
export const WAITS = 75 * 60_000;
const NONCE_BYTES = 12;
const LABEL = new TextEncoder().encode("signal-desk/estimates");

/** What was estimated of one person. */
export interface Marks {
  /** What this person is called on this page; empty where it was one person. */
  readonly name: string;
  /** From a life domain's code to 1…5. */
  readonly marks: Readonly<Record<string, string>>;
}

/** What was estimated in one case. */
export interface Estimated {
  readonly caseReference: string;
  readonly people: readonly Marks[];
}

/** A key, and the moment that it is of (seconds of the desk's clock). */
export interface SealKey {
  readonly at: number;
  readonly key: Uint8Array<ArrayBuffer>;
}

export interface Sealed {
  readonly at: number;
  readonly nonce: string;
  readonly data: string;
}

export async function seal(estimated: Estimated, { at, key }: SealKey): Promise<Sealed> {
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const data = new TextEncoder().encode(JSON.stringify(estimated));
  const sealed = await crypto.subtle.encrypt(cipher(nonce), await load(key), data);
  return { at, nonce: encodeB64u(nonce), data: encodeB64u(new Uint8Array(sealed)) };
}

/** Give what was sealed, or null where this is not its key. */
export async function open({ nonce, data }: Sealed, { key }: SealKey): Promise<Estimated | null> {
  try {
    const opened = await crypto.subtle.decrypt(cipher(copy(decodeB64u(nonce))), await load(key), copy(decodeB64u(data)));
    return JSON.parse(new TextDecoder().decode(opened)) as Estimated;
  } catch {
    return null; // another person's key, or not what we sealed
  }
}

/** Read the desk's answer, or throw `Malformed`. */
export function parseKey(found: unknown): SealKey {
  const { at, key } = asObject(found);
  if (typeof at !== "number" || typeof key !== "string") throw new Malformed();
  return { at, key: copy(decodeB64u(key)) };
}

/** Read what a browser kept; null where it is not of ours. */
export function parseSealed(found: unknown): Sealed | null {
  const { at, nonce, data } = (found ?? {}) as Partial<Sealed>;
  const isOurs = typeof at === "number" && typeof nonce === "string" && typeof data === "string";
  return isOurs ? { at, nonce, data } : null;
}

function cipher(iv: Uint8Array<ArrayBuffer>): AesGcmParams {
  return { name: "AES-GCM", iv, additionalData: LABEL };
}

function load(key: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt", "decrypt"]);
}

function copy(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
