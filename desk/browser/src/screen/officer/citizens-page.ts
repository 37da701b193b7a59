/**
 * The pages about citizens' rights: making a report, disputing a signal in it, placing an
 * embargo. The number is blinded here and emptied before anything is asked.
 */
import { Refused } from "../../errors.ts";
import { PersonAsker } from "../../person-asker.ts";
import { Relay } from "../../relay.ts";
import { need } from "../dom.ts";
import { memory } from "../memory.ts";
import { drawReference } from "../reference.ts";
import { paintRefusal } from "../refusal.ts";
import { csrfToken, startShell } from "../shell.ts";
import { EmbargoForm } from "./embargo-form.ts";
import { ReportMaker } from "./report-maker.ts";

export type Ask = (act: (relay: Relay, asker: PersonAsker) => Promise<void>, place: HTMLElement) => Promise<void>;

const headers: Record<string, string> = { "X-CSRF-Token": csrfToken() };
const relay = new Relay("/relay/v1", headers);
const asker = new PersonAsker(relay, memory);

/** Do something that may be refused, and tell why in the place given. */
const ask: Ask = async (act, place) => {
  const reference = (headers["X-Reference"] = drawReference());
  place.replaceChildren();
  try {
    await act(relay, asker);
  } catch (error) {
    paintRefusal(place, error, reference);
    place.scrollIntoView({ block: "center" });
    if (!(error instanceof Refused)) console.error((error as Error).name);
  }
};

startShell();
if (document.querySelector("#make-report") !== null) new ReportMaker(need("#request"), ask);
if (document.querySelector("#place-embargo") !== null) new EmbargoForm(need("#embargo"), ask);
