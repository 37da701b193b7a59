/** Speak with the desk, and only with the desk: same origin, no token in the browser. */
import { asObject, decodeB64u } from "./bytes.ts";
import { BudgetSpent, HoldersUnavailable, Malformed, Offline, type Problem, slugOf, Told } from "./errors.ts";
import type { KeyOrigin } from "./key-config.ts";
import type { Evaluation } from "./oprf.ts";

/** The same question for each holder of a quorum. */
export interface Asked {
  readonly pair: readonly number[];
  readonly keyVersion: number;
  readonly epoch: number;
  readonly points: readonly string[];
}

export interface HolderAnswer extends Evaluation {
  readonly keyVersion: number;
  readonly epoch: number;
  /** None for publishing, which reads nothing. */
  readonly ticket: string | null;
}

/** What evaluations are asked for; a ticket is worth nothing for another act. */
export type Act = "lookup" | "officer-search" | "publish";

export type Fetch = (path: string, init: RequestInit) => Promise<Response>;

export class Relay {
  readonly #base: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #fetch: Fetch;

  /** `base` is the relay's path on this page's own origin. */
  constructor(base: string, headers: Readonly<Record<string, string>>, fetcher?: Fetch) {
    this.#base = base;
    this.#headers = headers;
    this.#fetch = fetcher ?? ((path, init) => fetch(path, init));
  }

  async keyConfig(): Promise<Uint8Array> {
    const response = await this.#send("GET", "/key-config");
    return new Uint8Array(await response.arrayBuffer());
  }

  /** Whose signatures count, and which holders to ask last: the desk knows who serves. */
  async trust(): Promise<{ pins: unknown[]; acceptedOrigin: KeyOrigin; avoid: readonly number[] }> {
    const found = asObject(await (await this.#send("GET", "/pins")).json());
    const { pins, avoid = [], acceptedKeyOrigin: origin } = found;
    if (!Array.isArray(pins) || !Array.isArray(avoid)) throw new Malformed();
    if (origin !== "dealt" && origin !== "distributed") throw new Malformed();
    return { pins, acceptedOrigin: origin, avoid };
  }

  /** Have one holder evaluate; throws `HoldersUnavailable`, `BudgetSpent` or `Told`. */
  async evaluate(holder: number, asked: Asked, act: Act = "lookup"): Promise<HolderAnswer> {
    try {
      const body = { holder, act, ...asked };
      const response = await this.#send("POST", "/evaluations", body);
      return parseAnswer(holder, asObject(await response.json()), act);
    } catch (error) {
      if (!(error instanceof Told)) throw error;
      if (error.problem.status === 429) throw new BudgetSpent();
      if (isProblem(error, "provider-unreachable")) throw error; // no other holder helps
      if (error.problem.status >= 500) throw new HoldersUnavailable();
      throw error;
    }
  }

  /** The same, for another act than a lookup. */
  forAct(act: Act): { evaluate(holder: number, asked: Asked): Promise<HolderAnswer> } {
    return { evaluate: (holder, asked) => this.evaluate(holder, asked, act) };
  }

  /** What this user may ask, unread. */
  async catalogue(): Promise<unknown> {
    return (await this.#send("GET", "/catalogue")).json();
  }

  /** What this user may signal by hand, unread. */
  async handSignalOptions(): Promise<unknown> {
    return (await this.#send("GET", "/hand-signal-options")).json();
  }

  async lookUp(body: unknown): Promise<unknown> {
    return (await this.#send("POST", "/lookups", body)).json();
  }

  /** Record what came of one flag, known by its place in the answer; again replaces, "" takes back. */
  async recordOutcome(entry: string, flag: number, outcome: string): Promise<void> {
    await this.#send("POST", `/lookups/${entry}/outcome`, { outcome: outcome || null, flag });
  }

  /** Tell, before it happens, that an answer goes on paper. */
  async recordPrint(entry: string): Promise<void> {
    await this.#send("POST", `/lookups/${entry}/print`);
  }

  /** An act of an officer's page: a path under the relay, and its answer unread. */
  async act(path: string, body: unknown): Promise<unknown> {
    const response = await this.#send("POST", path, body);
    return response.status === 204 ? null : response.json();
  }

  /** Tell which requests never came to an answer. */
  async reportAbandoned(reqs: readonly string[]): Promise<void> {
    await this.#send("POST", "/abandoned-requests", { reqs });
  }

  async #send(method: string, path: string, body?: unknown): Promise<Response> {
    const headers: Record<string, string> = { Accept: "application/json", ...this.#headers };
    const init: RequestInit = { method, headers, cache: "no-store", redirect: "error" };
    if (body !== undefined) {
      headers["Content-Type"] = "application/json";
      init.body = JSON.stringify(body);
    }
    let response: Response;
    try {
      response = await this.#fetch(this.#base + path, init);
    } catch {
      throw new Offline();
    }
    if (!response.ok) throw new Told(await readProblem(response));
    return response;
  }
}

function parseAnswer(holder: number, found: Record<string, unknown>, act: Act): HolderAnswer {
  const { evaluations, proof, ticket = null, keyVersion, epoch } = found;
  const hasTicket = typeof ticket === "string";
  if (!Array.isArray(evaluations) || hasTicket === (act === "publish")) throw new Malformed();
  return {
    holder,
    keyVersion: Number(keyVersion),
    epoch: Number(epoch),
    evaluated: evaluations.map((text: unknown) => decodeB64u(String(text))),
    proof: decodeB64u(String(proof)),
    ticket: hasTicket ? ticket : null,
  };
}

async function readProblem(response: Response): Promise<Problem> {
  try {
    const found = asObject(await response.json());
    return { ...found, status: response.status, type: String(found["type"]), title: String(found["title"] ?? "") };
  } catch {
    return { type: "/problems/unexpected", title: "", status: response.status };
  }
}

export function isProblem(error: unknown, slug: string): boolean {
  return error instanceof Told && slugOf(error.problem) === slug;
}
