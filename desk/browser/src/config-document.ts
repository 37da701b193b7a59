/** The form of the key config: what the document may say at all. Nothing here is trusted yet. */
import { asExactObject, asObject, decodeB64u, decodeJsonObject } from "./bytes.ts";
import { Malformed } from "./errors.ts";
import { parsePoint } from "./group.ts";

const FORMAT = "signal-keys/config/1";
const MAX_HOLDERS = 9;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const MEMBERS = [
  "format", "serial", "keyVersion", "epoch", "state", "origin", "threshold",
  "validFrom", "validUntil", "publicKey", "holders",
] as const;

export type KeyOrigin = "dealt" | "distributed";

export interface SigningKey {
  readonly kty: "OKP";
  readonly crv: "Ed25519";
  readonly kid: string;
  readonly x: string;
}

export interface HolderConfig {
  readonly index: number;
  readonly id: string;
  readonly publicShare: string;
  readonly configKey: SigningKey;
  readonly ticketKey: SigningKey;
  /** What it signed with before: tickets are still good by it. */
  readonly formerTicketKey?: SigningKey;
}

export interface KeyConfig {
  readonly format: typeof FORMAT;
  readonly serial: number;
  readonly keyVersion: number;
  readonly epoch: number;
  readonly state: string;
  readonly origin: string;
  /** SHA-256 of the transcript of the ceremony that made this version and epoch. */
  readonly ceremony?: string;
  readonly threshold: number;
  readonly validFrom: string;
  readonly validUntil: string;
  readonly publicKey: string;
  readonly holders: readonly HolderConfig[];
}

export interface Member {
  readonly header: string;
  readonly signature: string;
}

/** Read the signed document; nothing in it is believed yet. */
export function parseEnvelope(document: Uint8Array): { payload: string; members: Member[] } {
  const envelope = asExactObject(decodeJsonObject(document), ["payload", "signatures"]);
  const members = asList(envelope["signatures"]).map((found) => {
    const member = asExactObject(found, ["protected", "signature"]);
    return { header: asText(member["protected"]), signature: asText(member["signature"]) };
  });
  return { payload: asText(envelope["payload"]), members };
}

/** Read the payload that holders sign, or throw `Malformed` or `InvalidPoint`. */
export function parseConfig(found: unknown): KeyConfig {
  const { ceremony, ...others } = asObject(found);
  const members = asExactObject(others, MEMBERS);
  if (members["format"] !== FORMAT) throw new Malformed();
  const config: KeyConfig = {
    format: FORMAT,
    serial: asCount(members["serial"]),
    keyVersion: asCount(members["keyVersion"]),
    epoch: asCount(members["epoch"]),
    state: asOneOf(members["state"], ["upcoming", "active", "retired"]),
    origin: asOneOf(members["origin"], ["dealt", "distributed"]),
    ...(ceremony === undefined ? {} : { ceremony: asEncoded(ceremony) }),
    threshold: asCount(members["threshold"]),
    validFrom: asInstant(members["validFrom"]),
    validUntil: asInstant(members["validUntil"]),
    publicKey: asPoint(members["publicKey"]),
    holders: asList(members["holders"]).map(parseHolder),
  };
  checkHolders(config);
  return config;
}

function parseHolder(found: unknown): HolderConfig {
  const names = ["index", "id", "publicShare", "configKey", "ticketKey"];
  const { formerTicketKey: former, ...others } = asObject(found);
  const members = asExactObject(others, names);
  const id = asText(members["id"]);
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(id)) throw new Malformed();
  return {
    index: asCount(members["index"]),
    id,
    publicShare: asPoint(members["publicShare"]),
    configKey: parseKey(members["configKey"]),
    ticketKey: parseKey(members["ticketKey"]),
    ...(former === undefined ? {} : { formerTicketKey: parseKey(former) }),
  };
}

function checkHolders(config: KeyConfig): void {
  const { holders, threshold } = config;
  if ((config.origin === "distributed") !== (config.ceremony !== undefined)) throw new Malformed();
  const numbered = holders.every((holder, place) => holder.index === place + 1);
  if (!numbered || holders.length > MAX_HOLDERS) throw new Malformed();
  if (threshold < 2 || threshold > holders.length) throw new Malformed();
  const keys = holders.flatMap(({ configKey, ticketKey, formerTicketKey: former }) =>
    [configKey.x, ticketKey.x, ...(former ? [former.x] : [])],
  );
  // One key in two roles or hands would let one party sign, or ticket, for two.
  if (!areDistinct(keys) || !areDistinct(holders.map((holder) => holder.id))) {
    throw new Malformed();
  }
  if (Date.parse(config.validFrom) >= Date.parse(config.validUntil)) throw new Malformed();
}

/** Read the config keys that a client pinned, in order of index. */
export function parsePins(pins: readonly unknown[]): SigningKey[] {
  const keys = pins.map(parseKey);
  if (keys.length < 2 || keys.length > MAX_HOLDERS) throw new Malformed();
  if (!areDistinct(keys.map((key) => key.x))) throw new Malformed();
  return keys;
}

function parseKey(found: unknown): SigningKey {
  const { kty, crv, kid, x, d } = asObject(found);
  if (kty !== "OKP" || crv !== "Ed25519" || d !== undefined) throw new Malformed();
  const key: SigningKey = { kty, crv, kid: asText(kid), x: asEncoded(x) };
  if (key.kid === "" || key.kid.length > 128) throw new Malformed();
  return key;
}

function asPoint(value: unknown): string {
  const text = asEncoded(value);
  parsePoint(decodeB64u(text));
  return text;
}

/** Read 32 bytes in base64url. */
function asEncoded(value: unknown): string {
  const text = asText(value);
  if (decodeB64u(text).length !== 32) throw new Malformed();
  return text;
}

function asInstant(value: unknown): string {
  const text = asText(value);
  if (!INSTANT.test(text) || Number.isNaN(Date.parse(text))) throw new Malformed();
  return text;
}

function asCount(value: unknown): number {
  if (!Number.isInteger(value) || (value as number) < 1 || (value as number) >= 2 ** 32) {
    throw new Malformed();
  }
  return value as number;
}

function asOneOf(value: unknown, allowed: readonly string[]): string {
  const text = asText(value);
  if (!allowed.includes(text)) throw new Malformed();
  return text;
}

function asText(value: unknown): string {
  if (typeof value !== "string") throw new Malformed();
  return value;
}

function asList(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new Malformed();
  return value;
}

export function areDistinct(values: readonly string[]): boolean {
  return new Set(values).size === values.length;
}
