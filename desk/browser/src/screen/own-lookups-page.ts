/** "Wat ik heb opgezocht": what came of each flag, filled in or changed later. */
import { Relay } from "../relay.ts";
import { all, need } from "./dom.ts";
import { offerOutcome } from "./outcome.ts";
import { csrfToken, startShell } from "./shell.ts";

function offerLater(line: HTMLElement, relay: Relay): void {
  const { entry = "", flag = "" } = line.dataset;
  const state = need("[data-state]", line);
  const label = need("[data-label]", line);
  offerOutcome(need("[data-outcome-of]", line), { entry, flag: Number(flag) }, relay, (outcome) => {
    state.textContent = need(`[data-outcome="${outcome}"]`, line).textContent;
    label.textContent = label.dataset["change"] ?? "";
  });
}

startShell();
const relay = new Relay("/relay/v1", { "X-CSRF-Token": csrfToken() });
for (const line of all("[data-follow]")) offerLater(line, relay);
