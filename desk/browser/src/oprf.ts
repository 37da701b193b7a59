/**
 * Blind, check each holder's proof, combine: RFC 9497 VOPRF, ristretto255-SHA512, with
 * the key shared among holders. Proven by the RFC's vectors (browser/test/rfc9497.test.ts).
 */
import { ristretto255_oprf } from "@noble/curves/ed25519.js";
import type { Bsn } from "./bsn.ts";
import { ProofRefused } from "./errors.ts";
import { combinePoints, type GroupPoint, parsePoint, unblind } from "./group.ts";

const { voprf } = ristretto255_oprf;
const NO_INPUT = new Uint8Array();

/** Blinded points, and the blinds that only this browser knows. */
export interface Blinded {
  readonly points: readonly Uint8Array[];
  readonly blinds: readonly Uint8Array[];
}

/** One holder's answer to a batch of points. */
export interface Evaluation {
  readonly holder: number;
  readonly evaluated: readonly Uint8Array[];
  readonly proof: Uint8Array;
}

/** Blind one number; its bytes are wiped when this returns. */
export function blindBsn(bsn: Bsn): { point: Uint8Array; blind: Uint8Array } {
  return bsn.spend((registered) => {
    const made = voprf.blind(registered);
    return { point: made.blinded, blind: made.blind };
  });
}

/**
 * Hold an evaluation to the holder's public share, or throw `ProofRefused`.
 * Gives the evaluated points, none of them the identity.
 */
export function verifyEvaluation(
  blinded: Blinded,
  evaluation: Evaluation,
  publicShare: Uint8Array,
): GroupPoint[] {
  if (evaluation.evaluated.length !== blinded.points.length) throw new ProofRefused();
  try {
    const points = evaluation.evaluated.map(parsePoint);
    const items = blinded.points.map((point, place) => ({
      input: NO_INPUT,
      blind: blinded.blinds[place] as Uint8Array,
      blinded: point,
      evaluated: evaluation.evaluated[place] as Uint8Array,
    }));
    voprf.finalizeBatch(items, publicShare, evaluation.proof);
    return points;
  } catch {
    throw new ProofRefused();
  }
}

/** Combine what the holders of a quorum proved into one pseudonym per person. */
export function combine(
  blinded: Blinded,
  proven: ReadonlyMap<number, readonly GroupPoint[]>,
): Uint8Array[] {
  return blinded.blinds.map((blind, place) => {
    const points = new Map(
      [...proven].map(([holder, list]) => [holder, list[place] as GroupPoint]),
    );
    return unblind(combinePoints(points), blind).toBytes();
  });
}
