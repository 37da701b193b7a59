/** One person whom an officer asks about: tickets of another act, and nothing left here. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseBsn } from "../src/bsn.ts";
import { encodeB64u } from "../src/bytes.ts";
import { PersonAsker } from "../src/person-asker.ts";
import { Relay } from "../src/relay.ts";
import { Town } from "./builders.ts";

const NUMBER = "999993653";

/** A desk in memory: the key config of a town, and its holders' answers. */
function aDesk(town: Town) {
  const answered: string[] = [];
  const answer = async (path: string, init: RequestInit): Promise<Response> => {
    if (path.endsWith("/key-config")) {
      const open = { validFrom: "2026-01-01T00:00:00Z", validUntil: "2099-01-01T00:00:00Z" };
      return new Response(new Uint8Array(town.document(open)));
    }
    if (path.endsWith("/pins")) return Response.json({ pins: town.pins, acceptedKeyOrigin: "dealt" });
    const { holder, act, ...asked } = JSON.parse(String(init.body));
    const { evaluated, proof, ...rest } = await town.evaluate(holder, asked);
    answered.push(`${act} ${holder}`);
    return Response.json({ ...rest, evaluations: evaluated.map(encodeB64u), proof: encodeB64u(proof) });
  };
  const memory = { read: () => null, write: () => undefined };
  return { answered, asker: new PersonAsker(new Relay("/relay/v1", {}, answer), memory) };
}

test("an officer's tickets are of act officer-search, from two holders", async () => {
  const { answered, asker } = aDesk(new Town());
  const named = await asker.name(parseBsn(NUMBER), () => undefined);
  assert.deepEqual(answered.sort(), ["officer-search 1", "officer-search 2"]);
  assert.deepEqual(named.tickets, ["ticket-1", "ticket-2"]);
  assert.equal(named.pseudonym.length, 43);
});

test("the page is told that the number is gone before a holder has answered", async () => {
  const { answered, asker } = aDesk(new Town());
  let known = -1;
  await asker.name(parseBsn(NUMBER), () => (known = answered.length));
  assert.equal(known, 0);
});
