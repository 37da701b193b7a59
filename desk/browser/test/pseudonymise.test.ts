/** From numbers to pseudonyms: any pair gives the same, and what fails is passed over. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ristretto255_hasher } from "@noble/curves/ed25519.js";
import { parseBsn } from "../src/bsn.ts";
import { encodeB64u, encodeText } from "../src/bytes.ts";
import { BudgetSpent, HoldersUnavailable, InvalidPoint } from "../src/errors.ts";
import { combinePoints, lagrangeFactor, parsePoint, Point } from "../src/group.ts";
import { verifyConfig } from "../src/key-config.ts";
import { pseudonymise } from "../src/pseudonymise.ts";
import { isProblem } from "../src/relay.ts";
import { Town } from "./builders.ts";

const NUMBERS = ["999993653", "999990019"];
const DST = encodeText("HashToGroup-OPRFV1-\u0001-ristretto255-SHA512");

function expected(town: Town, number: string): string {
  const hashed = ristretto255_hasher.hashToCurve(encodeText(`nl-bsn:${number}`), { DST });
  return encodeB64u(hashed.multiply(town.key).toBytes());
}

const neverRenewed = (): never => assert.fail("the config was fetched anew");

async function ask(town: Town, numbers: readonly string[] = NUMBERS) {
  const config = verifyConfig(town.document(), town.trust());
  return pseudonymise(town, { config, document: town.document(), avoid: [] }, numbers.map(parseBsn), neverRenewed);
}

test("a pseudonym is k times the point of the number", async () => {
  const town = new Town();
  const made = await ask(town);
  assert.deepEqual(made.pseudonyms, NUMBERS.map((number) => expected(town, number)));
  assert.deepEqual(made.tickets, ["ticket-1", "ticket-2"]);
  assert.deepEqual(made.fallback, []);
});

for (const [what, break_] of [
  ["is down", (town: Town, holder: number) => town.down.add(holder)],
  ["has no budget left", (town: Town, holder: number) => town.spent.add(holder)],
  ["refuses who asks", (town: Town, holder: number) => town.refusing.add(holder)],
  ["proves another key", (town: Town, holder: number) => town.lying.add(holder)],
] as const) {
  for (const holder of [1, 2]) {
    test(`another pair serves when holder ${holder} ${what}, and it says so`, async () => {
      const town = new Town();
      break_(town, holder);
      const made = await ask(town);
      assert.deepEqual(made.pseudonyms, NUMBERS.map((number) => expected(town, number)));
      assert.deepEqual(made.fallback, [holder]);
    });
  }
}

test("a holder that did not serve before is asked last", async () => {
  const town = new Town();
  const config = verifyConfig(town.document(), town.trust());
  const made = await pseudonymise(town, { config, document: town.document(), avoid: [1] }, NUMBERS.map(parseBsn), neverRenewed);
  assert.deepEqual(made.tickets, ["ticket-2", "ticket-3"]);
});

test("who has the former config fetches it once, and asks what was blinded for that", async () => {
  const [before, town] = [new Town(), new Town()];
  town.epoch = 2;
  const config = verifyConfig(before.document(), before.trust());
  let renewed = 0;
  const made = await pseudonymise(town, { config, document: town.document(), avoid: [] }, NUMBERS.map(parseBsn), async () => {
    renewed += 1;
    return { config: verifyConfig(town.document(), town.trust()), document: town.document(), avoid: [] };
  });
  assert.deepEqual(made.pseudonyms, NUMBERS.map((number) => expected(town, number)));
  assert.equal(renewed, 1);
  const points = town.asked.flatMap((asked) => (asked.pair[0] === 1 ? [`${asked.epoch} ${asked.points[0]}`] : []));
  assert.equal(new Set(points.map((one) => one.split(" ")[1])).size, new Set(points).size, "blinded anew");
});

test("a config that stays stale is fetched once and no more", async () => {
  const town = new Town();
  const config = verifyConfig(town.document(), town.trust());
  town.epoch = 2;
  let renewed = 0;
  const asking = pseudonymise(town, { config, document: town.document(), avoid: [] }, NUMBERS.map(parseBsn), async () => {
    renewed += 1;
    return { config, document: town.document(), avoid: [] };
  });
  await assert.rejects(asking, (error) => isProblem(error, "stale-key-version"));
  assert.equal(renewed, 1);
});

test("one holder that has gone on leaves the pair that has not, and says so", async () => {
  const town = new Town();
  const config = verifyConfig(town.document(), town.trust());
  town.ahead.add(1);
  const made = await pseudonymise(town, { config, document: town.document(), avoid: [] }, NUMBERS.map(parseBsn), neverRenewed);
  assert.deepEqual(made.tickets, ["ticket-2", "ticket-3"]);
  assert.equal(made.isOld, true);
});

test("with two holders down there is no answer", async () => {
  const town = new Town();
  town.down.add(1).add(2);
  await assert.rejects(ask(town), HoldersUnavailable);
});

test("a spent budget is told apart from holders that are down", async () => {
  const town = new Town();
  town.spent.add(1).add(2);
  await assert.rejects(ask(town), BudgetSpent);
});

test("what two holders refuse for is told", async () => {
  const town = new Town();
  town.refusing.add(1).add(2);
  await assert.rejects(ask(town), (error) => isProblem(error, "organisation-unknown"));
});

test("no two questions have a point in common", async () => {
  const town = new Town();
  town.down.add(1);
  await ask(town);
  await ask(town);
  const points = new Set(town.asked.flatMap((asked) => asked.points));
  assert.equal(points.size, 4 * NUMBERS.length);
});

test("the identity is refused wherever it comes from", () => {
  assert.throws(() => parsePoint(new Uint8Array(32)), InvalidPoint);
  const factor = (index: number) => Point.Fn.inv(lagrangeFactor(index, [1, 2]));
  const one = Point.BASE.multiply(factor(1));
  const other = Point.BASE.multiply(factor(2)).negate();
  assert.throws(() => combinePoints(new Map([[1, one], [2, other]])), InvalidPoint);
});
