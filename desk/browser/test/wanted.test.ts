import assert from "node:assert/strict";
import { test } from "node:test";
import { readWanted } from "../src/component/wanted.ts";
import { Misplaced } from "../src/errors.ts";

function anElement(changes: Record<string, string | null> = {}): Element {
  const attributes: Record<string, string | null> = { relay: "/signals", purpose: "wmo-onderzoek", ...changes };
  return { getAttribute: (name: string) => attributes[name] ?? null } as unknown as Element;
}

test("the attributes of a page are read", () => {
  assert.deepEqual(readWanted(anElement({ "case-reference": "Z-1" })), {
    relay: "/signals",
    purpose: "wmo-onderzoek",
    legalBasis: null,
    caseReference: "Z-1",
    estimates: false,
    involved: false,
  });
  assert.equal(readWanted(anElement({ estimates: "" })).estimates, true);
});

const ELSEWHERE = [
  "https://elsewhere.example/relay", "//elsewhere.example", "/\\elsewhere.example", "signals", "/", "", "/..",
  "/signals/../other", "/signals/", "/signals//x", "/signals?to=x", "/signals#x", "/%2e%2e/x", "/signals\n", "javascript:0",
];

for (const relay of ELSEWHERE) {
  test(`a relay that may lead elsewhere is refused: ${JSON.stringify(relay)}`, () => {
    assert.throws(() => readWanted(anElement({ relay })), Misplaced);
  });
}

test("what is missing or is no code is named", () => {
  assert.throws(() => readWanted(anElement({ purpose: null })), { attribute: "purpose" });
  assert.throws(() => readWanted(anElement({ "legal-basis": "Wmo 2015" })), { attribute: "legal-basis" });
});
