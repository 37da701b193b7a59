/** What the desk says is taken for what it is. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { BudgetSpent, HoldersUnavailable, Offline, Told } from "../src/errors.ts";
import { Relay } from "../src/relay.ts";
import { drawReference } from "../src/screen/reference.ts";

const ASKED = { pair: [1, 2], keyVersion: 1, epoch: 1, points: [] };

function relayThatSays(status: number, slug: string): Relay {
  const body = JSON.stringify({ type: `/problems/${slug}`, title: "", status });
  return new Relay("/relay/v1", {}, async () => new Response(body, { status }));
}

test("a holder that is down is passed over", async () => {
  await assert.rejects(relayThatSays(502, "holder-unreachable").evaluate(1, ASKED), HoldersUnavailable);
});

test("a provider that is down is told as such: no other holder helps", async () => {
  await assert.rejects(relayThatSays(502, "provider-unreachable").evaluate(1, ASKED), Told);
});

test("a spent budget and a session that is gone are not the same", async () => {
  await assert.rejects(relayThatSays(429, "budget").evaluate(1, ASKED), BudgetSpent);
  await assert.rejects(relayThatSays(401, "not-logged-in").evaluate(1, ASKED), Told);
});

test("no connection is told as such", async () => {
  const relay = new Relay("/relay/v1", {}, () => Promise.reject(new TypeError("failed")));
  await assert.rejects(relay.lookUp({}), Offline);
});

test("a reference has the form that the desk takes over", () => {
  for (let times = 0; times < 200; times += 1) {
    assert.match(drawReference(), /^[2-9A-HJ-NP-Z]{3}-[2-9A-HJ-NP-Z]{3}$/);
  }
});
