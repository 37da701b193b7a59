/** What is known of the key outlives a page, and what stands in its place is no key. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type KeyConfig, verifyConfig } from "../src/key-config.ts";
import { KnownConfig } from "../src/known.ts";
import { Store, Town } from "./builders.ts";

const town = new Town();
const former = town.holder(3)["ticketKey"];
const holders = [town.holder(1), town.holder(2), { ...town.holder(3), ticketKey: town.jwk(new Uint8Array(32).fill(9), "t"), formerTicketKey: former }];
const config = verifyConfig(town.document({ serial: 2, holders }), town.trust());
const NAME = "signal-flags.key-config:/relay/v1";

test("what a page knew, it knows after a reload", () => {
  const store = new Store();
  new KnownConfig(() => store, NAME).write(config);
  assert.deepEqual(new KnownConfig(() => store, NAME).read(), config);
});

test("an older config, or another share under a higher serial, is refused after a reload", () => {
  const store = new Store();
  new KnownConfig(() => store, NAME).write(config);
  const known = new KnownConfig(() => store, NAME).read();
  assert.throws(() => verifyConfig(town.document(), town.trust({ known })), { reason: "ConfigRolledBack" });
  const other = { ...config, holders: config.holders.map((each) => ({ ...each, id: `other-${each.index}` })) };
  new KnownConfig(() => store, NAME).write(other as KeyConfig);
  const changed = new KnownConfig(() => store, NAME).read();
  assert.throws(
    () => verifyConfig(town.document({ serial: 3 }), town.trust({ known: changed })), { reason: "ConfigHoldersChanged" },
  );
});

test("what stands there and is no config is as nothing", () => {
  for (const found of ["", "{", "null", "[]", "{}", JSON.stringify({ ...config, serial: 0 })]) {
    const store = new Store();
    store.setItem(NAME, found);
    assert.equal(new KnownConfig(() => store, NAME).read(), null);
  }
});

test("where a browser keeps nothing, the page knows it", () => {
  const memory = new KnownConfig(() => {
    throw new Error("SecurityError");
  }, NAME);
  assert.equal(memory.read(), null);
  memory.write(config);
  assert.deepEqual(memory.read(), config);
});

test("of two tabs the one that is ahead counts for both", () => {
  const store = new Store();
  const [one, other] = [new KnownConfig(() => store, NAME), new KnownConfig(() => store, NAME)];
  one.write(config);
  other.write({ ...config, serial: 3 });
  assert.equal(one.read()?.serial, 3);
  one.write(config);
  assert.equal(other.read()?.serial, 3);
});
