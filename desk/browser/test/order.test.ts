/** In which order to call. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ContactHolder, Flag, Freshness } from "../src/lookup.ts";
import { Calls, orderCalls, orderFlags, orderLater } from "../src/screen/order.ts";
import { useTexts } from "../src/screen/texts.ts";

useTexts({
  "contact-closed-now": "", "contact-absent-alone": "", "contact-out-of-hours": "", "reach-now": "", "reach-unknown": "", "hours-unknown": "", "contact-hours-unknown": "",
  "reach-today": "", "reach-tomorrow": "", "reach-day": "", "reach-from": "",
  "reach-now-night": "", "day-mon": "", "day-tue": "", "day-fri": "",
});
const MONDAY_NOON = new Date("2026-11-23T12:00:00+01:00");
const CATEGORIES = [
  { id: "casusregie", label: "Casusregie", short: "casusregie", coordinates: true },
  { id: "bijstand", label: "Bijstand", short: "bijstand", coordinates: false },
];

function aFlag(organisation: string, days: string[], category = "bijstand", changes: Partial<ContactHolder> = {}): Flag {
  const officeHours = [{ days, from: "09:00", to: "17:00" }];
  const contactHolder = { function: "Loket", phone: "+31182555101", officeHours, lastVerified: "2026-10-01", stale: false, ...changes };
  return { category, categoryLabel: category, lifeDomains: ["financien"], organisation, contactHolder, since: "2026-01-01", expires: "2027-01-01" };
}

function order(...flags: Flag[]): string[] {
  return orderFlags({ flags, sources: [] }, CATEGORIES, MONDAY_NOON).map(({ flag, place }) => `${flag.organisation}${place}`);
}

test("who coordinates stands first, also when nobody answers there now", () => {
  assert.deepEqual(order(aFlag("open", ["mon"]), aFlag("team", ["fri"], "casusregie")), ["team1", "open0"]);
});

test("then who answers now, then the rest by the moment that somebody does", () => {
  const flags = [aFlag("friday", ["fri"]), aFlag("tuesday", ["tue"]), aFlag("now", ["mon"])];
  assert.deepEqual(order(...flags), ["now2", "tuesday1", "friday0"]);
});

test("who has no known hours stands after who answers now and before who is closed", () => {
  const unknown = aFlag("unknown", [], "bijstand", { officeHours: [] });
  assert.deepEqual(order(unknown, aFlag("tuesday", ["tue"]), aFlag("now", ["mon"])), ["now2", "unknown0", "tuesday1"]);
});

test("in danger who answers now stands before who coordinates", () => {
  const flags = [aFlag("team", ["fri"], "casusregie"), aFlag("closed", ["fri"]), aFlag("now", ["mon"])];
  const urgent = orderFlags({ flags, sources: [] }, CATEGORIES, MONDAY_NOON, true).map(({ flag }) => flag.organisation);
  assert.deepEqual(urgent, ["now", "team", "closed"]);
});

test("in danger Veilig Thuis stands before another who answers now", () => {
  const flags = [aFlag("school", ["mon"], "leerplicht"), aFlag("vt", ["mon"], "veilig-thuis")];
  assert.deepEqual(orderFlags({ flags, sources: [] }, CATEGORIES, MONDAY_NOON, true).map(({ place }) => place), [1, 0]);
  assert.deepEqual(order(...flags), ["school0", "vt1"]);
  const people = flags.map((flag) => ({ name: "kind", ordered: orderFlags({ flags: [flag], sources: [] }, CATEGORIES, MONDAY_NOON, true) }));
  assert.deepEqual(orderCalls(people).map(({ organisation }) => organisation), ["vt", "school"]);
});

test("nobody is told to call the own organisation, also where it coordinates", () => {
  const flags = [aFlag("team", ["mon"], "casusregie"), aFlag("other", ["fri"])];
  const ordered = orderFlags({ flags, sources: [{ organisation: "team", own: true } as Freshness] }, CATEGORIES, MONDAY_NOON);
  assert.deepEqual(ordered.map(({ place, isOwn }) => [place, isOwn]), [[0, true], [1, false]]);
  assert.deepEqual(new Calls(ordered).waiting.map(({ place }) => place), [1]);
  assert.deepEqual(orderCalls([{ name: "ouder", ordered }]).map(({ organisation }) => organisation), ["other"]);
});

test("who did not answer waits for who was not tried, and who was reached is not called again", () => {
  const flags = ["a", "b", "c"].map((name) => aFlag(name, ["mon"]));
  const calls = new Calls(orderFlags({ flags, sources: [] }, CATEGORIES, MONDAY_NOON));
  const shown: number[][] = [];
  calls.show((waiting) => shown.push(waiting.map(({ place }) => place)));
  calls.note(0, "not-reachable");
  calls.note(1, "contact-made");
  calls.note(2, "citizen-says-ended");
  calls.note(1, ""); // taken back
  assert.deepEqual(shown, [[0, 1, 2], [1, 2, 0], [2, 0], [0], [1, 0]]);
});

test("it is done when everybody was reached, and not where there was nobody to call", () => {
  const calls = new Calls(orderFlags({ flags: [aFlag("a", ["mon"]), aFlag("b", ["mon"])], sources: [] }, CATEGORIES, MONDAY_NOON));
  const done = ["contact-made", "not-reachable", "already-known"].map((outcome, turn) => {
    calls.note(Math.min(turn, 1), outcome);
    return calls.isDone;
  });
  assert.deepEqual(done, [false, false, true]);
  assert.equal(new Calls([]).isDone, false);
});

test("later they stand in the same order, and what was reached or is one's own last", () => {
  const line = (name: string, said: string, opensAt: string | null, changes = {}) => ({ name, said, opensAt, isOwn: false, coordinates: false, ...changes });
  const lines = [line("own", "", null, { isOwn: true }), line("reached", "contact-made", null), line("tried", "not-reachable", ""), line("closed", "", "2026-11-24T09:00"), line("open", "", ""), line("lead", "", "9", { coordinates: true })];
  assert.deepEqual(orderLater(lines).map(({ name }) => name), ["lead", "open", "closed", "tried", "reached", "own"]);
});

test("a household's calls are each number once, who answers now first, with about whom", () => {
  const ordered = (...flags: Flag[]) => orderFlags({ flags, sources: [] }, CATEGORIES, MONDAY_NOON, true);
  const [late, now] = [aFlag("late", ["fri"]), aFlag("now", ["mon"])];
  const calls = orderCalls([{ name: "ouder", ordered: ordered(late) }, { name: "kind", ordered: ordered(now, late, late) }]);
  assert.deepEqual(calls.map(({ organisation, names }) => [organisation, names]), [["now", ["kind"]], ["late", ["ouder", "kind"]]]);
});

test("who is alike stays in the order of the answer", () => {
  assert.deepEqual(order(aFlag("a", ["mon"]), aFlag("b", ["mon"]), aFlag("c", ["mon"])), ["a0", "b1", "c2"]);
});

test("who is away for longer than one can see stands last", () => {
  const gone = aFlag("gone", ["mon"], "bijstand", { absentUntil: "2030-01-01" });
  assert.deepEqual(order(gone, aFlag("friday", ["fri"])), ["friday1", "gone0"]);
});
