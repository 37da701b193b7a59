/** "Wat ik heb opgezocht": whom to call and when, and what came of each flag. */
import type { ContactHolder } from "../lookup.ts";
import { Relay } from "../relay.ts";
import { all, need, show } from "./dom.ts";
import { paintCall } from "./call.ts";
import { orderLater } from "./order.ts";
import { offerOutcome } from "./outcome.ts";
import { chooseReach, useClosedDays, writeStale } from "./reach.ts";
import { csrfToken, startShell } from "./shell.ts";

/** What came of a flag where somebody is still to be called. */
const UNREACHED = "not-reachable";

function offerLater(line: HTMLElement, relay: Relay): void {
  const { entry: entryId = "", flag = "" } = line.dataset;
  const state = need("[data-state]", line);
  const label = need("[data-label]", line);
  offerOutcome(need("[data-outcome-of]", line), { entryId, flag: Number(flag) }, relay, (outcome) => {
    const isToCall = outcome === "" || (outcome === UNREACHED && line.querySelector("[data-call-later]") === null);
    if (isToCall && line.dataset["own"] === undefined) return location.reload(); // whom to call stands there again
    state.textContent = need(`[data-outcome="${outcome}"]`, line).textContent;
    label.textContent = label.dataset["change"] ?? "";
    for (const call of all("[data-call-later]", line)) show(call, outcome === UNREACHED);
  });
}

/** The answer's own order, as it is at this hour. */
function orderLines(place: HTMLElement): void {
  const now = new Date();
  const lines = all("[data-follow]", place).map((line) => {
    const { said = "", coordinates, own } = line.dataset;
    const contact = line.querySelector<HTMLElement>("[data-call-later]")?.dataset["contact"];
    const opensAt = contact === undefined ? null : chooseReach(JSON.parse(contact) as ContactHolder, now).opensAt;
    return { line, said, coordinates: coordinates !== undefined, isOwn: own !== undefined, opensAt };
  });
  place.append(...orderLater(lines).map(({ line }) => line));
}

/** Say whom to call now, and when somebody answers: the page may stand open for a day. */
function paintReach(line: HTMLElement): void {
  const contact = JSON.parse(line.dataset["contact"] ?? "") as ContactHolder;
  const reach = chooseReach(contact, new Date());
  need("[data-who]", line).textContent = reach.name || reach.role;
  need("[data-when]", line).textContent = [reach.note || reach.when, writeStale(contact)].join(" ").trim();
  paintCall(need<HTMLAnchorElement>("[data-call]", line), reach.phone, line.dataset["organisation"] ?? "", reach.isOpen);
}

function paintAll(): void {
  for (const line of all("[data-call-later]")) paintReach(line);
}

startShell();
useClosedDays((need("[data-closed-days]").dataset["closedDays"] ?? "").split(" "));
const relay = new Relay("/relay/v1", { "X-CSRF-Token": csrfToken() });
for (const line of all("[data-follow]")) offerLater(line, relay);
for (const place of all("[data-lines]")) orderLines(place);
paintAll();
addEventListener("visibilitychange", paintAll);
