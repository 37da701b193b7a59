/**
 * From numbers to pseudonyms: blind, ask a pair of holders, verify both, combine; with
 * another pair when one is down, spent or proves nothing, and then it says so. Where
 * holders have gone on to another key config it is fetched anew, once.
 */
import type { Bsn } from "./bsn.ts";
import { decodeB64u, encodeB64u } from "./bytes.ts";
import { BudgetSpent, HoldersUnavailable, Malformed, ProofRefused, Told } from "./errors.ts";
import { combinations } from "./group.ts";
import type { KeyConfig } from "./key-config.ts";
import { type Blinded, blindBsn, combine, verifyEvaluation } from "./oprf.ts";
import type { Evidence } from "./person-proof.ts";
import { type Asked, type HolderAnswer, isProblem } from "./relay.ts";

/** What a holder refuses another version or epoch with. */
const STALE = "stale-key-version";

export interface Evaluating {
  evaluate(holder: number, asked: Asked): Promise<HolderAnswer>;
}

export interface Pseudonymised {
  readonly pseudonyms: readonly string[];
  readonly tickets: readonly string[];
  readonly keyVersion: number;
  /** Holders that were passed over; empty when the first pair served. */
  readonly fallback: readonly number[];
  /** What proves the pseudonym, where one number was asked about. */
  readonly evidence: Evidence | null;
  /** Whether one has gone on to another config: fetch it before the next time. */
  readonly isOld: boolean;
}

/** The key config that holds now, and which holders to ask last. */
export interface KeyHolders {
  readonly config: KeyConfig;
  /** The config as its holders signed it. */
  readonly document: Uint8Array;
  readonly avoid: readonly number[];
}

/**
 * Give the pseudonyms of a household, in order. The numbers are blinded once per pair,
 * so that a holder asked twice cannot tell, and nothing of them is left here when the
 * first request leaves. `avoid` names holders that did not serve before: pairs with them
 * come last. `renew` gives the config as it is now, and is asked at most once: what was
 * blinded for it then goes to pairs of that config alone.
 */
export async function pseudonymise(
  relay: Evaluating,
  holders: KeyHolders,
  people: readonly Bsn[],
  renew: () => Promise<KeyHolders>,
): Promise<Pseudonymised> {
  const pairs = orderPairs(holders.config, holders.avoid);
  // Blinding knows no config: as many are made for the one that may follow.
  const count = 2 * pairs.length;
  const blinded = Array.from({ length: count }, (_, place) => blindAll(people, place === count - 1));
  try {
    return await tryPairs(relay, holders, pairs, blinded.slice(0, pairs.length));
  } catch (error) {
    if (!isProblem(error, STALE)) throw error;
    const next = await renew();
    return tryPairs(relay, next, orderPairs(next.config, next.avoid), blinded.slice(pairs.length));
  }
}

async function tryPairs(
  relay: Evaluating,
  holders: KeyHolders,
  pairs: readonly number[][],
  blinded: readonly Blinded[],
): Promise<Pseudonymised> {
  const failures = new Map<number, unknown>();
  const isStale = (failure: unknown) => isProblem(failure, STALE);
  for (const [place, pair] of pairs.slice(0, blinded.length).entries()) {
    if (pair.some((holder) => failures.has(holder))) continue;
    const done = await tryPair(relay, holders, pair, blinded[place] as Blinded, failures);
    if (done !== null) {
      return { ...done, fallback: [...failures.keys()], isOld: [...failures.values()].some(isStale) };
    }
  }
  const stale = [...failures.values()].find(isStale);
  if (stale !== undefined) throw stale;
  const isTold = (failure: unknown) => failure instanceof BudgetSpent || failure instanceof Told;
  throw [...failures.values()].find(isTold) ?? new HoldersUnavailable();
}

function orderPairs(config: KeyConfig, avoid: readonly number[]): number[][] {
  const indexes = config.holders.map((holder) => holder.index);
  const avoided = (pair: number[]) => pair.filter((holder) => avoid.includes(holder)).length;
  return combinations(indexes, config.threshold).sort((one, other) => avoided(one) - avoided(other));
}

async function tryPair(
  relay: Evaluating,
  { config, document }: KeyHolders,
  pair: readonly number[],
  blinded: Blinded,
  failures: Map<number, unknown>,
): Promise<Omit<Pseudonymised, "fallback" | "isOld"> | null> {
  const asked: Asked = {
    pair,
    keyVersion: config.keyVersion,
    epoch: config.epoch,
    points: blinded.points.map(encodeB64u),
  };
  const outcomes = await Promise.allSettled(
    pair.map(async (holder) => {
      const answer = await relay.evaluate(holder, asked);
      return { answer, points: verifyAnswer(config, blinded, answer) };
    }),
  );
  const proven = new Map<number, ReturnType<typeof verifyAnswer>>();
  const tickets: string[] = [];
  const answers: HolderAnswer[] = [];
  outcomes.forEach((outcome, place) => {
    const holder = pair[place] as number;
    if (outcome.status === "fulfilled") {
      proven.set(holder, outcome.value.points);
      answers.push(outcome.value.answer);
      if (outcome.value.answer.ticket !== null) tickets.push(outcome.value.answer.ticket);
    } else if (isPassedOver(outcome.reason)) {
      failures.set(holder, outcome.reason);
    } else {
      throw outcome.reason;
    }
  });
  if (proven.size < pair.length) return null;
  const pseudonyms = combine(blinded, proven).map(encodeB64u);
  const [point, ...others] = blinded.points;
  const blind = blinded.blinds[0];
  const isOne = point !== undefined && blind !== undefined && others.length === 0;
  const evidence = isOne ? { document, point, blind, answers } : null;
  return { pseudonyms, tickets, keyVersion: config.keyVersion, evidence };
}

function verifyAnswer(config: KeyConfig, blinded: Blinded, answer: HolderAnswer) {
  const holder = config.holders.find((known) => known.index === answer.holder);
  const same = answer.keyVersion === config.keyVersion && answer.epoch === config.epoch;
  if (holder === undefined || !same) throw new ProofRefused();
  return verifyEvaluation(blinded, answer, decodeB64u(holder.publicShare));
}

function blindAll(people: readonly Bsn[], isLast: boolean): Blinded {
  const made = people.map((bsn) => blindBsn(isLast ? bsn : bsn.copy()));
  return { points: made.map((each) => each.point), blinds: made.map((each) => each.blind) };
}

function isPassedOver(reason: unknown): boolean {
  return (
    reason instanceof HoldersUnavailable ||
    reason instanceof BudgetSpent ||
    reason instanceof ProofRefused ||
    reason instanceof Malformed ||
    (reason instanceof Told && reason.problem.status === 424) // a holder refused: another may not
  );
}
