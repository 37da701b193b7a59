/** Every refusal of the key config, by the names of keys/errors.py. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeB64u } from "../src/bytes.ts";
import { ConfigRefused, type ConfigRefusal } from "../src/errors.ts";
import { Point } from "../src/group.ts";
import { type HolderConfig, type KeyConfig, type Trust, verifyConfig } from "../src/key-config.ts";
import { Town } from "./builders.ts";

const town = new Town();
const known = verifyConfig(town.document(), town.trust());
const point = (scalar: bigint) => encodeB64u(Point.BASE.multiply(scalar).toBytes());
const DIGEST = encodeB64u(new Uint8Array(32).fill(1));
const IDENTITY = encodeB64u(new Uint8Array(32));

function holders(index: number, changes: Record<string, unknown>): unknown[] {
  return [1, 2, 3].map((each) => ({ ...town.holder(each), ...(each === index ? changes : {}) }));
}

function refuses(reason: ConfigRefusal, document: Uint8Array, trust: Trust = town.trust()): void {
  assert.throws(
    () => verifyConfig(document, trust),
    (error) => error instanceof ConfigRefused && error.reason === reason,
  );
}

test("a config that three pinned holders signed is believed", () => {
  assert.equal(known.holders.length, 3);
  assert.deepEqual(verifyConfig(town.document(), town.trust({ known })), known);
});

test("a signature that is missing, of another, or for another use is refused", () => {
  refuses("ConfigUnsigned", town.document({}, {}, [1, 2]));
  refuses("ConfigUnsigned", town.document({}, {}, [1, 2, 2]));
  refuses("ConfigUnsigned", town.document({}, { typ: "signal-ticket+jwt" }));
  refuses("ConfigUnsigned", town.document({}, { alg: "none" }));
  refuses("ConfigUnsigned", town.document({}, { kid: "config-9" }));
});

test("a config that names other config keys than the pins is refused", () => {
  const configKey = town.jwk(new Uint8Array(32).fill(77), "config-1");
  refuses("ConfigUnsigned", town.document({ holders: holders(1, { configKey }) }));
});

test("a dealt key is refused where a ceremony is expected", () => {
  refuses("ConfigOriginRefused", town.document(), town.trust({ acceptedOrigin: "distributed" }));
});

test("a key that is not in use, not yet or no longer valid is refused", () => {
  refuses("ConfigNotActive", town.document({ state: "upcoming" }));
  refuses("ConfigNotValidNow", town.document({ validFrom: "2026-12-01T00:00:00Z" }));
  refuses("ConfigNotValidNow", town.document({ validUntil: "2026-11-22T12:00:00Z" }));
});

test("an older config than the one accepted is refused", () => {
  const later: KeyConfig = { ...known, serial: 2 };
  refuses("ConfigRolledBack", town.document(), town.trust({ known: later }));
  const version: KeyConfig = { ...known, keyVersion: 2 };
  refuses("ConfigRolledBack", town.document({ serial: 2 }), town.trust({ known: version }));
  const epoch: KeyConfig = { ...known, epoch: 2 };
  refuses("ConfigRolledBack", town.document({ serial: 2 }), town.trust({ known: epoch }));
});

test("two configs with one serial are refused", () => {
  refuses("ConfigForked", town.document({ validUntil: "2026-12-31T00:00:00Z" }), town.trust({ known }));
});

test("a key that changes within its version is refused", () => {
  const other: KeyConfig = { ...known, publicKey: point(99n) };
  refuses("ConfigKeyChanged", town.document({ serial: 2 }), town.trust({ known: other }));
});

test("within an epoch only serial, dates and ticket keys may be others", () => {
  const ticketKey = town.jwk(new Uint8Array(32).fill(55), "ticket-new");
  const formerTicketKey = town.holder(2)["ticketKey"];
  const renewed = town.document({
    serial: 2, validUntil: "2028-01-01T00:00:00Z", holders: holders(2, { ticketKey, formerTicketKey }),
  });
  assert.equal(verifyConfig(renewed, town.trust({ known })).holders[1]?.formerTicketKey?.kid, "ticket-2");
});

test("a higher serial with another share, holder, holder's key or threshold is refused", () => {
  const [first, second] = known.holders as [HolderConfig, HolderConfig];
  for (const changed of [
    { ...known, holders: [{ ...first, publicShare: point(5n) }, ...known.holders.slice(1)] },
    { ...known, holders: [{ ...first, id: "holder-9" }, ...known.holders.slice(1)] },
    { ...known, holders: [{ ...first, configKey: second.configKey }, ...known.holders.slice(1)] },
    { ...known, holders: known.holders.slice(1) },
    { ...known, threshold: 3 },
    { ...known, origin: "distributed", ceremony: DIGEST },
  ]) {
    refuses("ConfigHoldersChanged", town.document({ serial: 2 }), town.trust({ known: changed }));
  }
});

test("another epoch or version needs a ceremony of its own", () => {
  refuses("ConfigUncertified", town.document({ serial: 2, epoch: 2 }), town.trust({ known }));
  refuses("ConfigUncertified", town.document({ serial: 2, keyVersion: 2 }), town.trust({ known }));
  const made = { origin: "distributed", ceremony: DIGEST };
  const trust = town.trust({ acceptedOrigin: "distributed" });
  const before = verifyConfig(town.document(made), trust);
  refuses("ConfigUncertified", town.document({ ...made, serial: 2, epoch: 2 }), { ...trust, known: before });
  const ceremony = encodeB64u(new Uint8Array(32).fill(2));
  const next = town.document({ ...made, ceremony, serial: 2, epoch: 2 });
  assert.equal(verifyConfig(next, { ...trust, known: before }).epoch, 2);
});

test("the identity and what is no point are refused", () => {
  refuses("ConfigPointRefused", town.document({ publicKey: IDENTITY }));
  refuses("ConfigPointRefused", town.document({ holders: holders(2, { publicShare: IDENTITY }) }));
  const noPoint = encodeB64u(new Uint8Array(32).fill(255));
  refuses("ConfigPointRefused", town.document({ publicKey: noPoint }));
});

test("equal shares, and shares that do not give the key, are refused", () => {
  refuses("ConfigSharesEqual", town.document({ holders: holders(2, { publicShare: town.publicShare(1) }) }));
  refuses("ConfigSharesDisagree", town.document({ holders: holders(3, { publicShare: point(5n) }) }));
  refuses("ConfigSharesDisagree", town.document({ publicKey: point(8n) }));
});

test("another form is refused", () => {
  for (const changes of [
    { extra: 1 }, { serial: 0 }, { serial: "1" }, { threshold: 1 }, { threshold: 4 },
    { format: "signal-keys/config/2" }, { validFrom: "2026-01-01" },
    { holders: holders(2, { index: 3 }) }, { holders: holders(2, { id: "holder-1" }) },
    { holders: holders(2, { ticketKey: town.holder(1)["ticketKey"] }) },
    { holders: holders(2, { formerTicketKey: town.holder(1)["ticketKey"] }) }, { holders: holders(2, { formerTicketKey: null }) },
    { ceremony: DIGEST }, { origin: "distributed" }, { origin: "distributed", ceremony: "AAAA" },
  ]) {
    refuses("ConfigMalformed", town.document(changes));
  }
  refuses("ConfigMalformed", new Uint8Array([123]));
  refuses("ConfigMalformed", town.document(), town.trust({ pins: [] }));
  refuses("ConfigMalformed", town.document(), town.trust({ pins: [town.pins[0], town.pins[0]] }));
});
