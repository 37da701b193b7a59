/**
 * The key config: believed only when every pinned holder signed it, and refused for the
 * same reasons as in keys/config.py, under the same names.
 */
import { ed25519 } from "@noble/curves/ed25519.js";
import { asExactObject, asObject, decodeB64u, decodeJsonObject, encodeText } from "./bytes.ts";
import { ConfigRefused, InvalidPoint, Malformed } from "./errors.ts";
import { combinations, combinePoints, parsePoint } from "./group.ts";

const CONFIG_TYPE = "signal-key-config+json";
const MAX_HOLDERS = 9;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const MEMBERS = [
  "format", "serial", "keyVersion", "epoch", "state", "origin", "threshold",
  "validFrom", "validUntil", "publicKey", "holders",
] as const;

export type KeyOrigin = "dealt" | "distributed";

export interface SigningKey {
  readonly kid: string;
  readonly x: string;
}

export interface HolderConfig {
  readonly index: number;
  readonly id: string;
  readonly publicShare: string;
  readonly configKey: SigningKey;
  readonly ticketKey: SigningKey;
}

export interface KeyConfig {
  readonly serial: number;
  readonly keyVersion: number;
  readonly epoch: number;
  readonly state: string;
  readonly origin: string;
  readonly threshold: number;
  readonly validFrom: string;
  readonly validUntil: string;
  readonly publicKey: string;
  readonly holders: readonly HolderConfig[];
}

export interface Trust {
  readonly pins: readonly unknown[];
  readonly acceptedOrigin: KeyOrigin;
  /** The config accepted before; without it an older one could be served again. */
  readonly known: KeyConfig | null;
  readonly now: Date;
}

/** Give the config that this document holds, or throw `ConfigRefused`. */
export function verifyConfig(document: Uint8Array, trust: Trust): KeyConfig {
  const pins = guard(() => parsePins(trust.pins));
  const config = openSigned(document, pins);
  const same = config.holders.every(
    (holder, place) => sameKey(holder.configKey, pins[place]),
  );
  if (config.holders.length !== pins.length || !same) refuse("ConfigUnsigned");
  if (config.origin !== trust.acceptedOrigin) refuse("ConfigOriginRefused");
  if (config.state !== "active") refuse("ConfigNotActive");
  const now = trust.now.getTime();
  if (now < Date.parse(config.validFrom) || now >= Date.parse(config.validUntil)) {
    refuse("ConfigNotValidNow");
  }
  if (trust.known !== null) verifySuccession(config, trust.known);
  verifyShares(config);
  return config;
}

function openSigned(document: Uint8Array, pins: readonly SigningKey[]): KeyConfig {
  const { payload, members } = guard(() => parseEnvelope(document));
  if (members.length !== pins.length) refuse("ConfigUnsigned");
  members.forEach((member, place) => {
    if (!isSigned(member, payload, pins[place] as SigningKey)) refuse("ConfigUnsigned");
  });
  return guard(() => parseConfig(decodeJsonObject(decodeB64u(payload))));
}

interface Member {
  readonly header: string;
  readonly signature: string;
}

function parseEnvelope(document: Uint8Array): { payload: string; members: Member[] } {
  const envelope = asExactObject(decodeJsonObject(document), ["payload", "signatures"]);
  const members = asList(envelope["signatures"]).map((found) => {
    const member = asExactObject(found, ["protected", "signature"]);
    return { header: asText(member["protected"]), signature: asText(member["signature"]) };
  });
  return { payload: asText(envelope["payload"]), members };
}

function isSigned(member: Member, payload: string, pin: SigningKey): boolean {
  try {
    const header = decodeJsonObject(decodeB64u(member.header));
    if (header["alg"] !== "Ed25519" || header["typ"] !== CONFIG_TYPE) return false;
    if (header["kid"] !== pin.kid || "crit" in header || "b64" in header) return false;
    const message = encodeText(`${member.header}.${payload}`);
    const key = decodeB64u(pin.x);
    return ed25519.verify(decodeB64u(member.signature), message, key, { zip215: false });
  } catch {
    return false;
  }
}

function parseConfig(found: Record<string, unknown>): KeyConfig {
  const members = asExactObject(found, MEMBERS);
  if (members["format"] !== "signal-keys/config/1") throw new Malformed();
  const config: KeyConfig = {
    serial: asCount(members["serial"]),
    keyVersion: asCount(members["keyVersion"]),
    epoch: asCount(members["epoch"]),
    state: asOneOf(members["state"], ["upcoming", "active", "retired"]),
    origin: asOneOf(members["origin"], ["dealt", "distributed"]),
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
  const members = asExactObject(found, names);
  const id = asText(members["id"]);
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(id)) throw new Malformed();
  return {
    index: asCount(members["index"]),
    id,
    publicShare: asPoint(members["publicShare"]),
    configKey: parseKey(members["configKey"]),
    ticketKey: parseKey(members["ticketKey"]),
  };
}

function checkHolders(config: KeyConfig): void {
  const { holders, threshold } = config;
  const numbered = holders.every((holder, place) => holder.index === place + 1);
  if (!numbered || holders.length > MAX_HOLDERS) throw new Malformed();
  if (threshold < 2 || threshold > holders.length) throw new Malformed();
  const keys = holders.flatMap((holder) => [holder.configKey.x, holder.ticketKey.x]);
  // One key in two roles or hands would let one party sign, or ticket, for two.
  if (!areDistinct(keys) || !areDistinct(holders.map((holder) => holder.id))) {
    throw new Malformed();
  }
  if (Date.parse(config.validFrom) >= Date.parse(config.validUntil)) throw new Malformed();
}

function verifySuccession(config: KeyConfig, known: KeyConfig): void {
  if (config.serial < known.serial) refuse("ConfigRolledBack");
  if (config.serial === known.serial && JSON.stringify(config) !== JSON.stringify(known)) {
    refuse("ConfigForked");
  }
  if (config.keyVersion < known.keyVersion) refuse("ConfigRolledBack");
  if (config.keyVersion === known.keyVersion) {
    if (config.publicKey !== known.publicKey) refuse("ConfigKeyChanged");
    if (config.epoch < known.epoch) refuse("ConfigRolledBack");
  }
}

function verifyShares(config: KeyConfig): void {
  if (!areDistinct(config.holders.map((holder) => holder.publicShare))) {
    refuse("ConfigSharesEqual");
  }
  const key = parsePoint(decodeB64u(config.publicKey));
  for (const quorum of combinations(config.holders, config.threshold)) {
    const shares = new Map(
      quorum.map((holder) => [holder.index, parsePoint(decodeB64u(holder.publicShare))]),
    );
    if (!combinesTo(shares, key)) refuse("ConfigSharesDisagree");
  }
}

function combinesTo(
  shares: Parameters<typeof combinePoints>[0],
  key: ReturnType<typeof parsePoint>,
): boolean {
  try {
    return combinePoints(shares).equals(key);
  } catch {
    return false; // they cancel out: no key at all
  }
}

function parsePins(pins: readonly unknown[]): SigningKey[] {
  const keys = pins.map(parseKey);
  if (keys.length < 2 || keys.length > MAX_HOLDERS) throw new Malformed();
  if (!areDistinct(keys.map((key) => key.x))) throw new Malformed();
  return keys;
}

function parseKey(found: unknown): SigningKey {
  const { kty, crv, kid, x, d } = asObject(found);
  if (kty !== "OKP" || crv !== "Ed25519" || d !== undefined) throw new Malformed();
  const key = { kid: asText(kid), x: asText(x) };
  if (key.kid === "" || key.kid.length > 128 || decodeB64u(key.x).length !== 32) {
    throw new Malformed();
  }
  return key;
}

function sameKey(key: SigningKey, pin: SigningKey | undefined): boolean {
  return pin !== undefined && key.kid === pin.kid && key.x === pin.x;
}

function refuse(reason: ConfigRefused["reason"]): never {
  throw new ConfigRefused(reason);
}

function guard<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof InvalidPoint) refuse("ConfigPointRefused");
    if (error instanceof Malformed) refuse("ConfigMalformed");
    throw error;
  }
}

function asPoint(value: unknown): string {
  const text = asText(value);
  if (!/^[A-Za-z0-9_-]{43}$/.test(text)) throw new Malformed();
  parsePoint(decodeB64u(text));
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

function areDistinct(values: readonly string[]): boolean {
  return new Set(values).size === values.length;
}
