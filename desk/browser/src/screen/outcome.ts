/**
 * What came of one flag: one press saves it, another changes it or takes it back. What tells the
 * other organisation that its help is over is asked about first.
 */
import { isProblem } from "../relay.ts";
import { Refused } from "../errors.ts";
import { all, need, show } from "./dom.ts";
import { isSessionGone } from "./refusal.ts";
import { text } from "./texts.ts";

/** Which flag: its place in the answer of this entry. */
export interface OfFlag {
  readonly entryId: string;
  readonly flag: number;
}

/** Where outcomes are recorded; a `Relay` is one. */
export interface Records {
  recordOutcome(entry: string, flag: number, outcome: string): Promise<void>;
}

/**
 * Make the buttons of one group work. Pressed is what is recorded, never what was only
 * tried: what failed is said, and one button tries that same choice again. The page may
 * render the group with what is recorded already.
 */
export function offerOutcome(group: HTMLElement, of: OfFlag, relay: Records, onRecorded?: (outcome: string) => void): void {
  const buttons = all<HTMLButtonElement>("button[data-outcome]", group);
  const back = need('[data-outcome=""]', group); // gone while nothing is recorded
  const said = need("[data-outcome-said]", group);
  const retry = need<HTMLButtonElement>("[data-outcome-retry]", group);
  const sure = need("[data-outcome-sure]", group);
  let tried = "";
  let asked: HTMLButtonElement | null = null;
  let turn = Promise.resolve();

  const record = async (outcome: string): Promise<void> => {
    const name = nameOf(buttons, outcome);
    try {
      await relay.recordOutcome(of.entryId, of.flag, outcome);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      tried = outcome;
      said.textContent = text(whyNot(error), { outcome: name });
      show(retry, !isProblem(error, "outcome-closed"));
      return;
    }
    for (const each of buttons) if (each !== back) each.setAttribute("aria-pressed", String(each.dataset["outcome"] === outcome));
    said.textContent = outcome === "" ? text("outcome-taken-back") : text("outcome-recorded", { outcome: name });
    const within = retry.getRootNode() as Document | ShadowRoot; // a web component has its own
    if (within.activeElement === retry || within.activeElement === back) (group.querySelector<HTMLElement>("[aria-pressed=true]") ?? buttons[0])?.focus();
    show(retry, false);
    onRecorded?.(outcome);
  };
  const next = (outcome: string): void => {
    said.textContent = "";
    turn = turn.then(() => record(outcome)); // the last press is the one that holds
  };
  const press = (button: HTMLButtonElement, isSure: boolean): void => {
    const asks = !isSure && button.dataset["outcomeAsks"] !== undefined && button.getAttribute("aria-pressed") !== "true";
    asked = asks ? button : null;
    show(sure, asks);
    if (asks) need("[data-outcome-yes]", sure).focus();
    else next(button.dataset["outcome"] ?? "");
  };
  for (const button of buttons) button.addEventListener("click", () => press(button, false));
  need("[data-outcome-yes]", sure).addEventListener("click", () => {
    const button = asked;
    if (button === null) return;
    button.focus();
    press(button, true);
  });
  need("[data-outcome-no]", sure).addEventListener("click", () => {
    show(sure, false);
    asked?.focus();
  });
  retry.addEventListener("click", () => next(tried));
}

/** Of a lookup of which the organisation hears nothing: say so, and promise nobody anything. */
export function tellNobody(group: HTMLElement): void {
  show(need("[data-outcome-silent]", group), true);
  for (const button of all("[data-outcome-asks]", group)) button.remove();
}

function nameOf(buttons: readonly HTMLButtonElement[], outcome: string): string {
  const button = buttons.find((each) => each.dataset["outcome"] === outcome);
  return (button?.textContent ?? "").trim().toLowerCase();
}

function whyNot(error: Refused): string {
  if (isProblem(error, "outcome-closed")) return "outcome-closed";
  return isSessionGone(error) ? "outcome-logged-out" : "outcome-failed";
}
