/**
 * What can go wrong between the typed number and the answer. Facts; what a person reads
 * stands in the message catalogue, under the name given here. No message holds input.
 */

/** Root of everything this module refuses. `text` names the message to show. */
export class Refused extends Error {
  readonly text: string;

  constructor(text: string) {
    super(text);
    this.name = new.target.name;
    this.text = text;
  }
}

/** The typed text is not a citizen service number. */
export class InvalidBsn extends Refused {}

/** Bytes or JSON of another party are not of the agreed form. */
export class Malformed extends Refused {
  constructor() {
    super("malformed");
  }
}

/** A point is the identity or not canonical. */
export class InvalidPoint extends Malformed {}

/** The key config cannot be trusted; `reason` is the leaf, as in keys/errors.py. */
export class ConfigRefused extends Refused {
  readonly reason: ConfigRefusal;

  constructor(reason: ConfigRefusal) {
    super("config-refused");
    this.reason = reason;
  }
}

export type ConfigRefusal =
  | "ConfigMalformed"
  | "ConfigUnsigned"
  | "ConfigOriginRefused"
  | "ConfigNotActive"
  | "ConfigNotValidNow"
  | "ConfigRolledBack"
  | "ConfigForked"
  | "ConfigKeyChanged"
  | "ConfigHoldersChanged"
  | "ConfigUncertified"
  | "ConfigPointRefused"
  | "ConfigSharesEqual"
  | "ConfigSharesDisagree";

/** A holder's evaluation is not proven. */
export class ProofRefused extends Refused {
  constructor() {
    super("proof-refused");
  }
}

/** No pair of holders gave a proven evaluation. */
export class HoldersUnavailable extends Refused {
  constructor() {
    super("holders-unavailable");
  }
}

/** The holders have no budget left for this person or organisation. */
export class BudgetSpent extends Refused {
  constructor() {
    super("budget-spent");
  }
}

/** The desk cannot be reached from this browser. */
export class Offline extends Refused {
  constructor() {
    super("offline");
  }
}

/** The page around `<signal-flags>` gave an attribute that is missing or wrong. */
export class Misplaced extends Refused {
  readonly attribute: string;

  constructor(attribute: string) {
    super("misplaced");
    this.attribute = attribute;
  }
}

/** The purpose is not open to this user. */
export class NotOpen extends Refused {
  constructor() {
    super("not-open");
  }
}

/** It took too long, and was given up here; whether it was recorded is not known. */
export class TimedOut extends Refused {
  constructor() {
    super("timed-out");
  }
}

/** Another party said no, in the form of RFC 9457. */
export class Told extends Refused {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super("told");
    this.problem = problem;
  }
}

export interface Ground {
  readonly id: string;
  readonly text: string;
  readonly remedy: string;
}

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly reference?: string;
  readonly grounds?: readonly Ground[];
  /** What the own organisation gave of this citizen already. */
  readonly given?: readonly GivenAlready[];
}

export interface GivenAlready {
  readonly reference: string;
  readonly caseReference: string | null;
  readonly byHand: boolean;
}

/** The last part of a problem's type: its slug. */
export function slugOf(problem: Problem): string {
  return problem.type.split("/").at(-1) ?? "";
}
