/** What never came to an answer is told once, later, and by nothing but its hash. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeB64u, encodeText } from "../src/bytes.ts";
import { Offline, Told } from "../src/errors.ts";
import { readReq, SETTLED_AFTER, TrackingRelay, Unfinished } from "../src/unfinished.ts";
import { Store } from "./builders.ts";

const ASKED = { pair: [1, 2], keyVersion: 1, epoch: 1, points: [] };
const TICKET = `e30.${encodeB64u(encodeText(JSON.stringify({ req: "the-req", sub: "fatima" })))}.sig`;
const EVALUATED = { evaluations: [], proof: "", ticket: TICKET, keyVersion: 1, epoch: 1 };
const BODY = { tickets: [TICKET, TICKET] };

interface Scene {
  readonly store: Store;
  readonly relay: TrackingRelay;
  readonly told: unknown[];
  readonly wait: (milliseconds: number) => void;
}

/** A relay of which lookups end as `answer` says. */
function scene(answer: () => Response, store = new Store()): Scene {
  let now = 0;
  const told: unknown[] = [];
  const fetcher = async (path: string, init: RequestInit) => {
    if (path.endsWith("/evaluations")) return Response.json(EVALUATED);
    if (path.endsWith("/lookups")) return answer();
    told.push(JSON.parse(String(init.body)));
    return new Response(null, { status: 204 });
  };
  const relay = new TrackingRelay(new Unfinished(store, () => now), "/relay/v1", {}, fetcher);
  return { store, relay, told, wait: (milliseconds) => void (now += milliseconds) };
}

const answered = () => Response.json({ answers: [] });
const said = (status: number, slug: string) => () =>
  Response.json({ type: `/problems/${slug}`, title: "", status }, { status });
const gone = () => {
  throw new TypeError("failed");
};

test("an answered lookup leaves nothing behind", async () => {
  const { store, relay, told, wait } = scene(answered);
  await relay.evaluate(1, ASKED);
  await relay.lookUp(BODY);
  wait(SETTLED_AFTER);
  await relay.tellUnfinished();
  assert.deepEqual([store.held.size, told], [0, []]);
});

test("a refusal is recorded too, and leaves nothing behind", async () => {
  const { store, relay } = scene(said(403, "lookup-denied"));
  await relay.evaluate(1, ASKED);
  await assert.rejects(relay.lookUp(BODY), Told);
  assert.equal(store.held.size, 0);
});

test("a tab that was closed is told of when its tickets have run out, once", async () => {
  const { store, relay, told, wait } = scene(answered);
  await relay.evaluate(1, ASKED);
  await relay.tellUnfinished();
  assert.deepEqual(told, []);
  wait(SETTLED_AFTER);
  await relay.tellUnfinished();
  await relay.tellUnfinished();
  assert.deepEqual(told, [{ reqs: ["the-req"] }]);
  assert.equal(store.held.size, 0);
});

test("a lookup of which nobody knows what came is told of as well", async () => {
  const { relay, told, wait } = scene(gone);
  await relay.evaluate(1, ASKED);
  await assert.rejects(relay.lookUp(BODY), Offline);
  wait(SETTLED_AFTER);
  await relay.tellUnfinished();
  assert.equal(told.length, 1);
});

test("nothing is kept but hashes and times", async () => {
  const { store, relay } = scene(answered);
  await relay.evaluate(1, ASKED);
  assert.deepEqual([...store.held], [["signal-desk.unfinished.the-req", '{"req":"the-req","at":0}']]);
});

test("a storage that is full, forbidden or spoilt stops no lookup", async () => {
  const closed = new Store();
  closed.held.set("signal-desk.unfinished.spoilt", "{no json");
  closed.setItem = closed.removeItem = () => {
    throw new Error("forbidden");
  };
  const { relay, told, wait } = scene(answered, closed);
  await relay.evaluate(1, ASKED);
  await relay.lookUp(BODY);
  wait(SETTLED_AFTER);
  await relay.tellUnfinished();
  assert.deepEqual(told, []);
});

test("what is no ticket has no request", () => {
  for (const junk of ["", "a.b.c", "e30", `e30.${encodeB64u(encodeText("[]"))}.x`]) {
    assert.equal(readReq(junk), null);
  }
});
