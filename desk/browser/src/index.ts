/**
 * The desk's browser module for other systems: from a typed number to an answer, with
 * everything that must be checked on the way. Nothing here keeps a number.
 */
export { Asker } from "./asker.ts";
export { Bsn, digitsOf, parseBsn } from "./bsn.ts";
export {
  BudgetSpent, ConfigRefused, type ConfigRefusal, type Ground, HoldersUnavailable, InvalidBsn, InvalidPoint,
  Malformed, Offline, type Problem, ProofRefused, Refused, slugOf, Told,
} from "./errors.ts";
export { type HolderConfig, type KeyConfig, type KeyOrigin, type SigningKey, type Trust, verifyConfig } from "./key-config.ts";
export { KnownConfig } from "./known.ts";
export {
  type Answer, type ContactHolder, type Flag, type Freshness, loadHolders, lookUp, type Memory, type OfficeHours,
  type Part, type Person, type Question, type Subject,
} from "./lookup.ts";
export { type Evaluating, type KeyHolders, pseudonymise, type Pseudonymised } from "./pseudonymise.ts";
export { type Asked, type Fetch, type HolderAnswer, isProblem, Relay } from "./relay.ts";
