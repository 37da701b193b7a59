/**
 * A lookup from the command line with the browser module, for the test that holds it
 * beside the Python client: reads `{relay, token, numbers}` from standard input, writes
 * the pseudonyms, how many tickets came, and of one number what proves whose it is.
 */
import { readFileSync } from "node:fs";
import { parseBsn } from "../src/bsn.ts";
import { loadHolders } from "../src/lookup.ts";
import { drawCode, writePerson } from "../src/person-proof.ts";
import { pseudonymise } from "../src/pseudonymise.ts";
import { Relay } from "../src/relay.ts";

interface Asked {
  readonly relay: string;
  readonly token: string;
  readonly now: string;
  readonly numbers: readonly string[];
}

const asked = JSON.parse(readFileSync(0, "utf8")) as Asked;
const relay = new Relay(asked.relay, { Authorization: `Bearer ${asked.token}` });
const memory = { read: () => null, write: () => undefined };
const renew = () => loadHolders(relay, memory, new Date(asked.now));
const made = await pseudonymise(relay, await renew(), asked.numbers.map(parseBsn), renew);
const { pseudonyms, tickets, fallback, evidence } = made;
const code = drawCode();
const person = evidence === null ? null : await writePerson(evidence, code);
process.stdout.write(JSON.stringify({ pseudonyms, tickets: tickets.length, fallback, person, code }));
