/**
 * After a lookup, one press: "Ik ben hier casusregisseur". The pseudonym of the lookup is
 * used, so that nobody types the number again; it lives in this page's memory alone and
 * is gone with the answer. That the citizen knows is asked each time.
 */
import { Refused } from "../../errors.ts";
import { namedIn, type Part } from "../../lookup.ts";
import { isProblem, type Relay } from "../../relay.ts";
import { Signaller } from "../../signaller.ts";
import type { Memory } from "../../lookup.ts";
import { fill, fromTemplate, hasTemplate, need, show } from "../dom.ts";
import { paintRefusal } from "../refusal.ts";
import { text } from "../texts.ts";
import { type HandOptions, SignalForm } from "./signal-form.ts";

const COORDINATES = "casusregie";

/** What a page offers below an answer to who may signal by hand; nothing to others. */
export class InvolvedOffer {
  readonly #relay: Relay;
  readonly #memory: Memory;
  readonly #options: Promise<HandOptions | null>;

  constructor(relay: Relay, memory: Memory) {
    this.#relay = relay;
    this.#memory = memory;
    const asked = hasTemplate("involve") ? relay.handSignalOptions() : Promise.resolve(null);
    this.#options = asked.then((found) => found as HandOptions | null).catch(() => null);
  }

  /** Give the offer for one person; it shows itself once it is known what may be given. */
  offer(part: Part, caseReference: string | null): DocumentFragment {
    const named = namedIn(part);
    if (named === undefined || !hasTemplate("involve")) return document.createDocumentFragment();
    const fragment = fromTemplate("involve");
    const section = need("[data-involve]", fragment);
    const signaller = new Signaller(this.#relay, this.#memory);
    signaller.take(named);
    void this.#options.then((options) => {
      if (options === null || options.places.length === 0 || options.contacts.length === 0) return;
      const coordinates = options.places.some((place) => place.category === COORDINATES);
      fill(section, { title: text(coordinates ? "involve-coordinates" : "involve-also") });
      const form = new SignalForm(need("[data-form]", section), options, {
        category: coordinates ? COORDINATES : undefined,
        caseReference: caseReference ?? undefined,
      });
      const button = need<HTMLButtonElement>("[data-send]", section);
      button.addEventListener("click", () => void send(section, button, form, signaller));
      show(section, true);
    });
    return fragment;
  }
}

async function send(section: HTMLElement, button: HTMLButtonElement, form: SignalForm, signaller: Signaller): Promise<void> {
  const given = form.read();
  if (given === null || button.disabled) return;
  const told = need("[data-told]", section);
  const said = need("[data-said]", section);
  button.disabled = true;
  told.replaceChildren();
  said.textContent = text("involved-busy");
  try {
    await signaller.give(given);
    signaller.forget();
    need("details", section).remove();
    said.textContent = text("involve-done");
  } catch (error) {
    said.textContent = "";
    paintRefusal(told, error);
    if (isProblem(error, "case-reference-in-use")) form.askAnother();
    if (!(error instanceof Refused)) console.error((error as Error).name);
  }
  button.disabled = false;
}
