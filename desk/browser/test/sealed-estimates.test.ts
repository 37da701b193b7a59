/** Estimates on a lock: opened by their own key, and by nothing else. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { EstimateKeys } from "../src/screen/estimate-keys.ts";
import { OpenedEstimates } from "../src/screen/opened-estimates.ts";
import { type Estimated, open, parseKey, parseSealed, seal, WAITS } from "../src/screen/sealed-estimates.ts";
import { WaitingStore } from "../src/screen/waiting-store.ts";
import { encodeB64u } from "../src/bytes.ts";
import { Store } from "./builders.ts";

const AT = 1_780_000_000;
const MADE: Estimated = {
  caseReference: "Z-2026-001234",
  people: [{ name: "ouder", marks: { financien: "4" } }, { name: "jongste kind", marks: { justitie: "2" } }],
};
const aKey = (at = AT) => ({ at, key: crypto.getRandomValues(new Uint8Array(32)) });

/** A browser in which these wait, and who is logged in: what the desk answers, by moment. */
async function waiting(...keys: ReturnType<typeof aKey>[]) {
  const kept = new Store();
  const clock = { now: AT * 1_000 + 60_000 };
  const store = new WaitingStore(kept, () => clock.now);
  for (const key of keys) store.add(await seal(MADE, key));
  const login = (answer: (at: number) => Response) =>
    new OpenedEstimates(new EstimateKeys({}, async (_, init) => answer((JSON.parse(String(init?.body)) as { at: number }).at)), store);
  return { kept, clock, store, login };
}
const giving = (key: ReturnType<typeof aKey>) => () => Response.json({ at: key.at, key: encodeB64u(key.key) });

test("its own key opens what was sealed", async () => {
  const key = aKey();
  assert.deepEqual(await open(await seal(MADE, key), key), MADE);
});

test("another key, or a changed byte, opens nothing", async () => {
  const key = aKey();
  const sealed = await seal(MADE, key);
  assert.equal(await open(sealed, aKey()), null);
  const swapped = sealed.data.startsWith("A") ? "B" : "A";
  assert.equal(await open({ ...sealed, data: swapped + sealed.data.slice(1) }, key), null);
});

test("what waits shows no name, no mark and no case", async () => {
  const { kept } = await waiting(aKey());
  for (const word of ["jongste", "financien", "marks", "Z-2026"]) assert.ok(![...kept.held.values()].join().includes(word));
});

test("what a browser kept that is not ours is nothing", () => {
  for (const found of [null, undefined, "", 7, {}, { at: "1", nonce: "a", data: "b" }]) assert.equal(parseSealed(found), null);
  const store = new Store();
  for (const stored of ["", "{", "7", "[null]", '{"at":1}']) {
    store.held.set("signal-desk.estimates.x", stored);
    assert.deepEqual(new WaitingStore(store).all(), []);
  }
});

test("two tabs that end at the same moment each keep what they sealed", async () => {
  const [kept, sealed] = [new Store(), [await seal(MADE, aKey()), await seal(MADE, aKey())] as const];
  const [one, other] = [new WaitingStore(kept, () => AT * 1_000), new WaitingStore(kept, () => AT * 1_000)];
  const write = kept.setItem;
  kept.setItem = (name, value) => {
    kept.setItem = write;
    other.add(sealed[1]); // between what the one has read and what it writes
    write(name, value);
  };
  one.add(sealed[0]);
  assert.deepEqual(new Set(one.all()), new Set(sealed));
});

test("an answer that is no key is refused", () => {
  for (const found of [null, {}, { at: "1", key: "AA" }, { at: 1 }]) assert.throws(() => parseKey(found));
});

test("whoever made them has them opened, and sealed they wait on", async () => {
  const key = aKey();
  const { store, login } = await waiting(key);
  const opened = login(giving(key));
  assert.equal(await opened.open(), true);
  assert.deepEqual(opened.waiting.map((each) => each.estimated), [MADE]);
  assert.equal(store.all().length, 1);
});

test("of a household who is filled in waits no more, and the others do", async () => {
  const key = aKey();
  const { store, login } = await waiting(key);
  const [opened, next] = [login(giving(key)), login(giving(key))];
  await opened.open();
  const [first] = opened.waiting;
  assert.ok(first);
  await opened.take(first, first.estimated.people[0]!);
  await next.open();
  assert.deepEqual(next.waiting.map((each) => each.estimated.people.map((one) => one.name)), [["jongste kind"]]);
  await next.take(next.waiting[0]!, next.waiting[0]!.estimated.people[0]!);
  assert.deepEqual(store.all(), []);
  assert.deepEqual(opened.waiting, []); // and what another tab filled in is not offered here
});

test("for another person, or one who proved nothing, they are erased", async () => {
  for (const answer of [giving(aKey()), () => new Response("", { status: 404 })]) {
    const { store, login } = await waiting(aKey());
    const opened = login(answer);
    assert.equal(await opened.open(), false);
    assert.deepEqual([opened.waiting, store.all()], [[], []]);
  }
});

test("a desk that gives no answer loses nothing", async () => {
  const key = aKey();
  const { store, login } = await waiting(key);
  const answers = [() => new Response("", { status: 502 }), giving(key)];
  const opened = login(() => answers.shift()!());
  assert.equal(await opened.open(), true);
  assert.deepEqual([opened.waiting.length, store.all().length], [0, 1]);
  await opened.open();
  assert.equal(opened.waiting.length, 1);
});

test("after their hour they are gone, also from the page that opened them", async () => {
  const key = aKey();
  const { kept, clock, store, login } = await waiting(key);
  const opened = login(giving(key));
  await opened.open();
  clock.now = AT * 1_000 + WAITS;
  assert.deepEqual(opened.waiting, []);
  assert.equal(store.sweep(), true);
  assert.equal(kept.held.size, 0);
});

test("what is dropped while it is being opened does not come back", async () => {
  const key = aKey();
  const { store, login } = await waiting(key, aKey(AT + 1));
  const opened = login(giving(key));
  void opened.open();
  await opened.drop();
  assert.deepEqual([opened.waiting, store.all()], [[], []]);
});
