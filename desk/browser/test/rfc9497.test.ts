/** RFC 9497 appendix A.1.2 (VOPRF, ristretto255-SHA512), through our own functions. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { test } from "node:test";
import { ristretto255_hasher } from "@noble/curves/ed25519.js";
import { parsePoint, Point, unblind } from "../src/group.ts";
import { combine, verifyEvaluation } from "../src/oprf.ts";
import { fromHex, toHex } from "./builders.ts";

interface Vector {
  readonly Batch: number;
  readonly Blind: string;
  readonly BlindedElement: string;
  readonly EvaluationElement: string;
  readonly Input: string;
  readonly Output: string;
  readonly Proof: { readonly proof: string };
}

interface Suite {
  readonly groupDST: string;
  readonly mode: number;
  readonly pkSm: string;
  readonly vectors: readonly Vector[];
}

const FILE = resolve(
  process.env["SIGNAL_CONFORMANCE"] ?? "../../shared/conformance",
  "rfc9497-ristretto255-sha512.json",
);
const absent = existsSync(FILE) ? false : "published vectors are not here: conformance";
const suites = absent === false ? (JSON.parse(readFileSync(FILE, "utf8")) as Suite[]) : [];
const suite = suites.find((each) => each.mode === 1);

async function finalise(input: Uint8Array, element: Uint8Array): Promise<string> {
  const length = (bytes: Uint8Array) => [bytes.length >> 8, bytes.length & 255];
  const label = new TextEncoder().encode("Finalize");
  const hashed = Uint8Array.from([...length(input), ...input, ...length(element), ...element, ...label]);
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-512", hashed)));
}

const list = (joined: string) => joined.split(",").map(fromHex);

test("blinded elements are those of the RFC", { skip: absent }, () => {
  assert.ok(suite);
  for (const vector of suite.vectors) {
    const blinds = list(vector.Blind);
    list(vector.Input).forEach((input, place) => {
      const hashed = ristretto255_hasher.hashToCurve(input, { DST: fromHex(suite.groupDST) });
      const blind = Point.Fn.fromBytes(blinds[place] as Uint8Array);
      const blinded = list(vector.BlindedElement)[place] as Uint8Array;
      assert.equal(hashed.multiply(blind).toHex(), toHex(blinded));
      assert.ok(unblind(parsePoint(blinded), blinds[place] as Uint8Array).equals(hashed));
    });
  }
});

test("proofs of the RFC hold, single and batch, and give its outputs", { skip: absent }, async () => {
  assert.ok(suite);
  for (const vector of suite.vectors) {
    const blinded = { points: list(vector.BlindedElement), blinds: list(vector.Blind) };
    const evaluation = {
      holder: 1,
      evaluated: list(vector.EvaluationElement),
      proof: fromHex(vector.Proof.proof),
    };
    const points = verifyEvaluation(blinded, evaluation, fromHex(suite.pkSm));
    const opened = combine(blinded, new Map([[1, points]]));
    const outputs = await Promise.all(
      list(vector.Input).map((input, place) => finalise(input, opened[place] as Uint8Array)),
    );
    assert.equal(outputs.join(","), vector.Output);
  }
});

test("a changed bit in proof, point or key is refused", { skip: absent }, () => {
  assert.ok(suite);
  const vector = suite.vectors[0] as Vector;
  const blinded = { points: list(vector.BlindedElement), blinds: list(vector.Blind) };
  const proof = fromHex(vector.Proof.proof);
  proof[5] = (proof[5] ?? 0) ^ 1;
  const evaluation = { holder: 1, evaluated: list(vector.EvaluationElement), proof };
  assert.throws(() => verifyEvaluation(blinded, evaluation, fromHex(suite.pkSm)));
  const honest = { ...evaluation, proof: fromHex(vector.Proof.proof) };
  assert.throws(() => verifyEvaluation(blinded, honest, Point.BASE.toBytes()));
  assert.throws(() => verifyEvaluation(blinded, { ...honest, evaluated: blinded.points }, fromHex(suite.pkSm)));
});
