/** Points of ristretto255 that may be used, and their combination (Lagrange at zero). */
import { ristretto255 } from "@noble/curves/ed25519.js";
import { InvalidPoint } from "./errors.ts";

export const Point: typeof ristretto255.Point = ristretto255.Point;
export type GroupPoint = InstanceType<typeof Point>;
const { Fn } = Point;

/** Read a canonical point that is not the identity (which the library would accept). */
export function parsePoint(encoded: Uint8Array): GroupPoint {
  let point: GroupPoint;
  try {
    point = Point.fromBytes(encoded);
  } catch {
    throw new InvalidPoint();
  }
  if (point.is0()) throw new InvalidPoint();
  return point;
}

/** The factor of holder `index` among `indexes`, at zero. */
export function lagrangeFactor(index: number, indexes: readonly number[]): bigint {
  return indexes
    .filter((other) => other !== index)
    .reduce((product, other) => {
      const step = Fn.create(BigInt(other - index));
      return Fn.mul(product, Fn.mul(BigInt(other), Fn.inv(step)));
    }, 1n);
}

/** Combine one point of each holder into that of the whole key; never the identity. */
export function combinePoints(points: ReadonlyMap<number, GroupPoint>): GroupPoint {
  const indexes = [...points.keys()];
  const sum = indexes.reduce((total, index) => {
    const point = points.get(index) as GroupPoint;
    return total.add(point.multiply(lagrangeFactor(index, indexes)));
  }, Point.ZERO);
  if (sum.is0()) throw new InvalidPoint();
  return sum;
}

/** Take off the blind: multiply by its inverse. */
export function unblind(point: GroupPoint, blind: Uint8Array): GroupPoint {
  const opened = point.multiply(Fn.inv(Fn.fromBytes(blind)));
  if (opened.is0()) throw new InvalidPoint();
  return opened;
}

/** Every choice of `size` out of `items`, in order. */
export function combinations<T>(items: readonly T[], size: number): T[][] {
  if (size === 0) return [[]];
  return items.flatMap((item, place) =>
    combinations(items.slice(place + 1), size - 1).map((rest) => [item, ...rest]),
  );
}
