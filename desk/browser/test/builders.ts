/** A dealt key, its holders and its config, valid by default; override one thing. */
import { ed25519, ristretto255_oprf } from "@noble/curves/ed25519.js";
import { encodeB64u, encodeText } from "../src/bytes.ts";
import { Point } from "../src/group.ts";
import type { Kept } from "../src/kept.ts";
import type { KeyOrigin, Trust } from "../src/key-config.ts";
import type { Asked, HolderAnswer } from "../src/relay.ts";
import { decodeB64u } from "../src/bytes.ts";

const { Fn } = Point;

export const fromHex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));
export const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
export const NOW = new Date("2026-11-22T12:00:00Z");

type Json = Record<string, unknown>;

/** A key k = 7 + 11 i (Shamir), so that every share is known. */
export class Town {
  readonly key = 7n;
  readonly slope = 11n;
  readonly down = new Set<number>();
  readonly spent = new Set<number>();
  readonly refusing = new Set<number>();
  readonly lying = new Set<number>();
  /** Holders that have gone on to another epoch, and answer for none before it. */
  readonly ahead = new Set<number>();
  epoch = 1;
  readonly asked: Asked[] = [];

  share(index: number): bigint {
    return Fn.create(this.key + this.slope * BigInt(index));
  }

  publicShare(index: number): string {
    return encodeB64u(Point.BASE.multiply(this.share(index)).toBytes());
  }

  signer(index: number): Uint8Array {
    return new Uint8Array(32).fill(index);
  }

  jwk(secret: Uint8Array, kid: string): Json {
    return { kty: "OKP", crv: "Ed25519", kid, x: encodeB64u(ed25519.getPublicKey(secret)) };
  }

  get pins(): Json[] {
    return [1, 2, 3].map((index) => this.jwk(this.signer(index), `config-${index}`));
  }

  holder(index: number): Json {
    return {
      index,
      id: `holder-${index}`,
      publicShare: this.publicShare(index),
      configKey: this.jwk(this.signer(index), `config-${index}`),
      ticketKey: this.jwk(new Uint8Array(32).fill(100 + index), `ticket-${index}`),
    };
  }

  payload(changes: Json = {}): Json {
    return {
      format: "signal-keys/config/1", serial: this.epoch, keyVersion: 1, epoch: this.epoch, state: "active",
      origin: "dealt", threshold: 2,
      validFrom: "2026-01-01T00:00:00Z", validUntil: "2027-01-01T00:00:00Z",
      publicKey: encodeB64u(Point.BASE.multiply(this.key).toBytes()),
      holders: [1, 2, 3].map((index) => this.holder(index)),
      ...changes,
    };
  }

  /** The signed document; `header` and `signers` are for what must be refused. */
  document(changes: Json = {}, header: Json = {}, signers = [1, 2, 3]): Uint8Array {
    const payload = encodeB64u(encodeText(JSON.stringify(this.payload(changes))));
    const signatures = signers.map((index, place) => {
      const said = { alg: "Ed25519", typ: "signal-key-config+json", kid: `config-${place + 1}`, ...header };
      const head = encodeB64u(encodeText(JSON.stringify(said)));
      const signature = ed25519.sign(encodeText(`${head}.${payload}`), this.signer(index));
      return { protected: head, signature: encodeB64u(signature) };
    });
    return encodeText(JSON.stringify({ payload, signatures }));
  }

  trust(changes: Partial<Trust> = {}): Trust {
    const acceptedOrigin: KeyOrigin = "dealt";
    return { pins: this.pins, acceptedOrigin, known: null, now: NOW, ...changes };
  }

  /** What a holder answers, with a real proof; a lying one proves another key. */
  async evaluate(holder: number, asked: Asked): Promise<HolderAnswer> {
    const { BudgetSpent, HoldersUnavailable, Told } = await import("../src/errors.ts");
    this.asked.push(asked);
    if (this.down.has(holder)) throw new HoldersUnavailable();
    if (this.spent.has(holder)) throw new BudgetSpent();
    if (this.refusing.has(holder)) {
      throw new Told({ type: "/problems/organisation-unknown", title: "", status: 424 });
    }
    if (asked.epoch !== this.epoch || this.ahead.has(holder)) {
      throw new Told({ type: "/problems/stale-key-version", title: "", status: 424 });
    }
    const secret = Fn.toBytes(this.lying.has(holder) ? 5n : this.share(holder));
    const publicKey = Point.BASE.multiply(Fn.fromBytes(secret)).toBytes();
    const points = asked.points.map(decodeB64u);
    const made = ristretto255_oprf.voprf.blindEvaluateBatch(secret, publicKey, points);
    const { keyVersion, epoch } = asked;
    return { holder, evaluated: made.evaluated, proof: made.proof, keyVersion, epoch, ticket: `ticket-${holder}` };
  }
}

/** What a browser keeps between pages. */
export class Store implements Kept {
  readonly held = new Map<string, string>();
  get length(): number {
    return this.held.size;
  }
  key = (index: number) => [...this.held.keys()][index] ?? null;
  getItem = (name: string) => this.held.get(name) ?? null;
  setItem = (name: string, value: string) => void this.held.set(name, value);
  removeItem = (name: string) => void this.held.delete(name);
}
