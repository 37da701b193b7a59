/** Enter a correction or objection about one signal in the report on the screen. */
import { asObject } from "../../bytes.ts";
import { all, fromTemplate, need, show } from "../dom.ts";
import { text } from "../texts.ts";
import type { Ask } from "./citizens-page.ts";

/** Open the form under the table in which the signal stands; one at a time. */
export function openDispute(button: HTMLButtonElement, ask: Ask): void {
  for (const open of all("[data-dispute]")) open.remove();
  const fragment = fromTemplate("dispute");
  const form = need("[data-dispute]", fragment);
  const title = need("#dispute-title", form);
  title.textContent = text("dispute-title", { name: button.dataset["name"] ?? "" });
  title.tabIndex = -1;
  need("[data-cancel]", form).addEventListener("click", () => {
    form.remove();
    button.focus();
  });
  need("[data-send]", form).addEventListener("click", () => void send(button, form, ask));
  button.closest("table")?.after(fragment);
  title.focus();
}

async function send(button: HTMLButtonElement, form: HTMLElement, ask: Ask): Promise<void> {
  const chosen = form.querySelector<HTMLInputElement>("input[type=radio]:checked");
  const received = need<HTMLInputElement>("#dispute-received", form);
  const error = need("#dispute-error", form);
  show(error, chosen === null);
  if (chosen === null) return need<HTMLInputElement>("input[type=radio]", form).focus();
  if (!received.reportValidity()) return;
  const body = {
    source: button.dataset["source"],
    signalReference: button.dataset["signal"],
    reason: chosen.value,
    receivedOn: received.value,
    restrict: need<HTMLInputElement>("#dispute-restrict", form).checked,
  };
  const told = need("[data-told]", form);
  await ask(async (relay) => {
    const { reference } = asObject(await relay.act("/corrections", body));
    const said = document.createElement("p");
    said.className = "desk-subtle";
    said.setAttribute("role", "status");
    said.textContent = text("dispute-done", { reference: String(reference) });
    form.replaceWith(said);
    button.remove();
  }, told);
}
