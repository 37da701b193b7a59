/**
 * Requests that never came to an answer: remembered by their `req`, told when we next can.
 *
 * A key holder states every ticket that it gave. One that no entry of the ledger names
 * looks like a lookup that was kept out of it; mostly a tab was closed. A `req` is a hash
 * over blinded points: it says nothing about anybody, and is no use without its ticket.
 */
import { decodeB64u, decodeJsonObject } from "./bytes.ts";
import { slugOf, Told } from "./errors.ts";
import { type Kept, KeptEach } from "./kept.ts";
import { type Asked, type HolderAnswer, Relay } from "./relay.ts";

const STORED = "signal-desk.unfinished.";
const MOST = 50;
/** Tickets live fifteen minutes: what is older cannot come to an answer any more. */
export const SETTLED_AFTER = 16 * 60_000;
const RECORDED = ["lookup-denied", "no-decision", "receipt-invalid"];

interface Open {
  readonly req: string;
  readonly at: number;
}

export class Unfinished {
  readonly #open: KeptEach<Open>;
  readonly #now: () => number;

  constructor(kept: Kept, now: () => number = Date.now) {
    this.#open = new KeptEach(kept, STORED, parseOpen);
    this.#now = now;
  }

  /** Note that a holder gave a ticket for this request. */
  begin(req: string): void {
    try {
      this.#open.add(req, { req, at: this.#now() });
      this.end(this.#read().slice(0, -2 * MOST).map((one) => one.req));
    } catch {
      return; // a full or forbidden storage stops no lookup
    }
  }

  /** Note that the index has recorded what became of these. */
  end(reqs: readonly string[]): void {
    try {
      for (const req of reqs) this.#open.remove(req);
    } catch {
      return; // as above
    }
  }

  /** Give those that cannot come to an answer any more. */
  settled(): string[] {
    const before = this.#now() - SETTLED_AFTER;
    return this.#read().filter((one) => one.at <= before).map((one) => one.req).slice(0, MOST);
  }

  #read(): Open[] {
    try {
      return this.#open.all().sort((one, other) => one.at - other.at);
    } catch {
      return []; // no storage here: there is nothing to tell
    }
  }
}

/** A relay that keeps track of what it began, and of what came of it. */
export class TrackingRelay extends Relay {
  readonly #unfinished: Unfinished;

  constructor(unfinished: Unfinished, ...relay: ConstructorParameters<typeof Relay>) {
    super(...relay);
    this.#unfinished = unfinished;
  }

  override async evaluate(holder: number, asked: Asked): Promise<HolderAnswer> {
    const answer = await super.evaluate(holder, asked);
    const req = answer.ticket === null ? null : readReq(answer.ticket);
    if (req !== null) this.#unfinished.begin(req);
    return answer;
  }

  override async lookUp(body: unknown): Promise<unknown> {
    const reqs = readReqs(body);
    try {
      const answer = await super.lookUp(body);
      this.#unfinished.end(reqs);
      return answer;
    } catch (error) {
      const isRecorded = error instanceof Told && RECORDED.includes(slugOf(error.problem));
      if (isRecorded) this.#unfinished.end(reqs);
      throw error;
    }
  }

  /** Tell the index what was left over; what cannot be told now is told later. */
  async tellUnfinished(): Promise<void> {
    const reqs = this.#unfinished.settled();
    if (reqs.length === 0) return;
    try {
      await this.reportAbandoned(reqs);
    } catch {
      return;
    }
    this.#unfinished.end(reqs);
  }
}

/** Read the request that a ticket is for; whether it is genuine is the index's to judge. */
export function readReq(ticket: string): string | null {
  try {
    const { req } = decodeJsonObject(decodeB64u(ticket.split(".")[1] ?? ""));
    return typeof req === "string" ? req : null;
  } catch {
    return null;
  }
}

function readReqs(body: unknown): string[] {
  const { tickets } = body as { tickets?: unknown };
  if (!Array.isArray(tickets)) return [];
  return tickets.map((ticket) => readReq(String(ticket))).filter((req) => req !== null);
}

function parseOpen(found: unknown): Open | null {
  const { req, at } = (found ?? {}) as Partial<Open>;
  return typeof req === "string" && typeof at === "number" ? { req, at } : null;
}
