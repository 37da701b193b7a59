/** What came of an answer: one tap after the call. */
import { Refused } from "../errors.ts";
import type { Relay } from "../relay.ts";
import { all, need, show } from "./dom.ts";
import { text } from "./texts.ts";

export function offerOutcomes(sheet: DocumentFragment, entry: string, hasFlags: boolean, relay: Relay): void {
  const group = need("[data-part-outcomes]", sheet);
  show(group, hasFlags);
  const said = need("[data-outcome-said]", group);
  const buttons = all<HTMLButtonElement>("button[data-outcome]", group);
  for (const button of buttons) {
    button.addEventListener("click", async () => {
      for (const each of buttons) each.disabled = true;
      try {
        await relay.recordOutcome(entry, button.dataset["outcome"] ?? "");
        for (const each of buttons) each.setAttribute("aria-pressed", String(each === button));
        said.textContent = text("outcome-recorded", { outcome: (button.textContent ?? "").trim().toLowerCase() });
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        said.textContent = text("outcome-failed");
        for (const each of buttons) each.disabled = false;
      }
    });
  }
}
