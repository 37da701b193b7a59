/** Bytes and their base64url form (RFC 4648 section 5, no padding, one spelling only). */
import { Malformed } from "./errors.ts";

export function encodeB64u(bytes: Uint8Array): string {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** Read base64url, or throw `Malformed`; a second spelling of the same bytes is none. */
export function decodeB64u(text: string): Uint8Array {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) throw new Malformed();
  let bytes: Uint8Array;
  try {
    const binary = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  } catch {
    throw new Malformed();
  }
  if (encodeB64u(bytes) !== text) throw new Malformed();
  return bytes;
}

export function encodeText(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Read UTF-8 JSON that must be an object, or throw `Malformed`. */
export function decodeJsonObject(bytes: Uint8Array): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new Malformed();
  }
  return asObject(value);
}

export function asObject(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Malformed();
  }
  return value as Record<string, unknown>;
}

/** Read an object with exactly these members, or throw `Malformed`. */
export function asExactObject(
  value: unknown,
  members: readonly string[],
): Record<string, unknown> {
  const found = asObject(value);
  const names = Object.keys(found);
  if (names.length !== members.length || !members.every((name) => name in found)) {
    throw new Malformed();
  }
  return found;
}
