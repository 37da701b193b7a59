/**
 * The key config: believed only when every pinned holder signed it, and refused for the
 * same reasons as in keys/config.py, under the same names.
 */
import { ed25519 } from "@noble/curves/ed25519.js";
import { decodeB64u, decodeJsonObject, encodeText } from "./bytes.ts";
import {
  areDistinct, type KeyConfig, type KeyOrigin, type Member, parseConfig, parseEnvelope, parsePins, type SigningKey,
} from "./config-document.ts";
import { ConfigRefused, InvalidPoint, Malformed } from "./errors.ts";
import { combinations, combinePoints, parsePoint } from "./group.ts";

export type { HolderConfig, KeyConfig, KeyOrigin, SigningKey } from "./config-document.ts";

const CONFIG_TYPE = "signal-key-config+json";
/** What holders may change by signing alone; all else belongs to a version and epoch. */
const RENEWED = ["serial", "state", "validFrom", "validUntil", "ticketKey", "formerTicketKey"];

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

/**
 * A version and epoch belong to a ceremony, which the config names: within them nothing
 * changes but what holders may renew by signing alone.
 */
function verifySuccession(config: KeyConfig, known: KeyConfig): void {
  if (config.serial < known.serial) refuse("ConfigRolledBack");
  if (config.serial === known.serial && !isSame(config, known)) refuse("ConfigForked");
  if (config.keyVersion < known.keyVersion) refuse("ConfigRolledBack");
  if (config.keyVersion === known.keyVersion) {
    if (config.publicKey !== known.publicKey) refuse("ConfigKeyChanged");
    if (config.epoch < known.epoch) refuse("ConfigRolledBack");
    if (config.epoch === known.epoch) {
      if (!isSame(config, known, RENEWED)) refuse("ConfigHoldersChanged");
      return;
    }
  }
  if (config.ceremony === undefined || config.ceremony === known.ceremony) refuse("ConfigUncertified");
}

/** Compare what is written of two configs, but the members that are left out. */
function isSame(one: KeyConfig, other: KeyConfig, leftOut: readonly string[] = []): boolean {
  const write = (config: KeyConfig) =>
    JSON.stringify(config, (name: string, value: unknown) => (leftOut.includes(name) ? undefined : value));
  return write(one) === write(other);
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
