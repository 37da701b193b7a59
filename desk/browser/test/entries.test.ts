/** What an entry of the history shows, and where a login began. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { decideArrival, nameLoss, readEntry } from "../src/screen/entries.ts";
import { meansHide } from "../src/screen/escape.ts";
import { countBack } from "../src/screen/login-entry.ts";

const PRESS = {
  key: "Escape", repeat: false, isComposing: false, defaultPrevented: false, ctrlKey: false, altKey: false,
  metaKey: false, shiftKey: false, tag: "body", type: "", isCovered: false,
};

test("what is no entry of ours is a question", () => {
  for (const state of [null, undefined, 7, "answer", {}, { entry: "x" }, { entry: 1 }]) {
    assert.equal(readEntry(state), "question");
  }
});

test("an answer that this page still holds is shown, another one is gone", () => {
  assert.equal(decideArrival("answer", true), "show-result");
  assert.equal(decideArrival("answer", false), "say-gone");
});

test("a question shows no result, and a refusal that is gone is no loss", () => {
  assert.equal(decideArrival("question", true), "show-question");
  assert.equal(decideArrival("refused", false), "show-question");
});

test("it says why an answer is gone", () => {
  assert.equal(nameLoss("reload", false), "gone-reloaded");
  assert.equal(nameLoss("back_forward", false), "gone-left");
  assert.equal(nameLoss("reload", true), "gone-discarded");
});

test("Escape hides the screen, in a field too", () => {
  assert.ok(meansHide(PRESS));
  assert.ok(meansHide({ ...PRESS, tag: "input", type: "text" }));
  assert.ok(meansHide({ ...PRESS, tag: "textarea" }));
});

test("where Escape means something else it hides nothing", () => {
  const others = [
    { key: "a" }, { repeat: true }, { isComposing: true }, { defaultPrevented: true }, { isCovered: true },
    { ctrlKey: true }, { altKey: true }, { metaKey: true }, { shiftKey: true }, { tag: "select" },
    { tag: "input", type: "search" }, { tag: "input", type: "date" },
  ];
  for (const other of others) assert.ok(!meansHide({ ...PRESS, ...other }), JSON.stringify(other));
});

test("from a login one goes back to before its first page", () => {
  assert.equal(countBack(3, 1), 2); // the page, the provider's, this one
  assert.equal(countBack(6, 3), 3); // with a second step at the provider
  assert.equal(countBack(2, 1), 1); // the provider knew who it was and showed nothing
});

test("where the places are not certain nobody is led back", () => {
  assert.equal(countBack(50, 48), 0); // a browser keeps no more, and drops the oldest
  assert.equal(countBack(1, 0), 0);
  assert.equal(countBack(2, 4), 0);
});
