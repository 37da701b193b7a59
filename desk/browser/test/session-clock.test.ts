/** Until when a session lives, as a page knows it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { SessionClock } from "../src/screen/session-clock.ts";

const MINUTE = 60_000;
const NOON = 1_780_000_000_000;

test("a page that is opened lives for a quarter of an hour without use", () => {
  const clock = new SessionClock(NOON, 480 * MINUTE);
  assert.equal(clock.until, NOON + 15 * MINUTE);
  assert.ok(!clock.isDue(NOON + 15 * MINUTE - 1));
  assert.ok(clock.isDue(NOON + 15 * MINUTE));
});

test("use in another tab moves its end, and a page that was not told asks in time", () => {
  const clock = new SessionClock(NOON, 480 * MINUTE);
  clock.note({ unused: 3 * MINUTE, left: 465 * MINUTE }, NOON + 15 * MINUTE);
  assert.equal(clock.until, NOON + 27 * MINUTE);
  clock.note({ unused: 5 * MINUTE, left: 463 * MINUTE }, NOON + 17 * MINUTE); // the other tab did no more since
  assert.equal(clock.until, NOON + 27 * MINUTE);
});

test("nothing but logging in again moves the end of eight hours", () => {
  const clock = new SessionClock(NOON, 12 * MINUTE);
  assert.equal(clock.until, NOON + 12 * MINUTE);
  clock.note({ unused: 0, left: MINUTE }, NOON + 11 * MINUTE);
  assert.equal(clock.until, NOON + 12 * MINUTE);
  assert.ok(!clock.isEnding(NOON + 2 * MINUTE - 1));
  assert.ok(clock.isEnding(NOON + 2 * MINUTE));
  clock.note({ unused: 0, left: 480 * MINUTE }, NOON + 11 * MINUTE); // in another tab
  assert.equal(clock.until, NOON + 26 * MINUTE);
  assert.ok(!clock.isEnding(NOON + 11 * MINUTE));
});
