/** The page for a new signal by hand: the number is blinded here, then all is sent. */
import { type GivenAlready, Refused, TimedOut } from "../../errors.ts";
import { isProblem, Relay } from "../../relay.ts";
import { givenAlready, Signaller } from "../../signaller.ts";
import { fromTemplate, need, show } from "../dom.ts";
import { memory } from "../memory.ts";
import { PersonField } from "../officer/person-field.ts";
import { drawReference } from "../reference.ts";
import { paintRefusal } from "../refusal.ts";
import { csrfToken, startShell } from "../shell.ts";
import { text } from "../texts.ts";
import { GIVE_UP_AFTER, Waiting } from "../waiting.ts";
import type { HandOptions } from "./options.ts";
import { SignalForm } from "./signal-form.ts";

class InvolvedPage {
  readonly #page = need("#question");
  readonly #headers: Record<string, string> = { "X-CSRF-Token": csrfToken() };
  readonly #relay = new Relay("/relay/v1", this.#headers, (path, init) => this.#fetch(path, init));
  readonly #person = new PersonField(
    need("#person"),
    () => void this.#give(),
    () => this.#form.forgetPerson(),
  );
  readonly #button = need<HTMLButtonElement>("#give-signal");
  readonly #told = need("#told");
  readonly #form: SignalForm;
  readonly #signaller: Signaller;
  #waiting: Waiting | null = null;

  constructor(options: HandOptions) {
    const { casePattern = "", caseExample, reference, case: noted, category } = this.#page.dataset;
    this.#form = new SignalForm(need("#give"), options, {
      casePattern,
      caseExample,
      category: category || undefined,
      caseReference: noted || undefined,
    });
    this.#signaller = new Signaller(this.#relay, memory, reference || undefined);
    this.#button.addEventListener("click", () => void this.#give());
    need("#empty").addEventListener("click", () => (reference ? location.assign("/involved") : this.#empty()));
    addEventListener("pagehide", () => this.#empty());
    addEventListener("pageshow", (event) => event.persisted && location.reload());
  }

  async #give(keepsBoth = false): Promise<void> {
    if (this.#button.disabled) return;
    this.#told.replaceChildren();
    const bsn = this.#signaller.isNamed ? null : this.#person.read();
    const given = this.#form.read(); // last, so that the first field in order gets focus
    if (given === null || (bsn === null && !this.#signaller.isNamed)) return;
    this.#busy(true);
    const reference = (this.#headers["X-Reference"] = drawReference());
    try {
      if (bsn !== null) await this.#signaller.name(bsn, () => this.#person.clear());
      const signal = await this.#signaller.give(given, keepsBoth);
      this.#signaller.forget();
      location.replace(`/involved?given=${signal}`);
    } catch (error) {
      this.#person.clear();
      this.#refuse(this.#waiting?.isOver ? new TimedOut() : error, reference);
      this.#busy(false);
    }
  }

  #refuse(error: unknown, reference: string): void {
    const isNamed = this.#signaller.isNamed;
    show(need("#number"), !isNamed);
    show(need("#number-done"), isNamed);
    if (!isNamed) this.#form.forgetPerson(); // whose number comes next is not known
    paintRefusal(this.#told, error, reference);
    const given = givenAlready(error);
    if (given.length > 0) this.#ask(given);
    this.#told.scrollIntoView({ block: "center" });
    if (isProblem(error, "case-reference-in-use")) this.#form.askAnother();
    if (!(error instanceof Refused)) console.error((error as Error).name);
  }

  /** Let the person choose: what stands already, or knowingly both. */
  #ask(given: readonly GivenAlready[]): void {
    const asked = fromTemplate("given-already");
    const keep = need<HTMLButtonElement>("[data-keep]", asked);
    const links = given.filter((each) => each.byHand).map(({ reference, caseReference }) => {
      const link = need<HTMLAnchorElement>("[data-see]", asked).cloneNode() as HTMLAnchorElement;
      link.href = `/involved/${reference}`;
      link.textContent = caseReference === null ? text("involved-see-unknown") : text("involved-see", { case: caseReference });
      return link;
    });
    need("[data-see]", asked).replaceWith(...links);
    keep.addEventListener("click", () => void this.#give(true));
    this.#told.append(asked);
    (links[0] ?? keep).focus({ preventScroll: true });
  }

  /** Nothing of this person, or of what was said of them, stays. */
  #empty(): void {
    this.#signaller.forget();
    this.#person.clear();
    this.#form.clear();
    this.#told.replaceChildren();
    show(need("#number"), true);
    show(need("#number-done"), false);
  }

  #fetch(path: string, init: RequestInit): Promise<Response> {
    const signal = this.#waiting?.signal ?? AbortSignal.timeout(GIVE_UP_AFTER);
    return fetch(path, { ...init, signal });
  }

  #busy(busy: boolean): void {
    this.#button.disabled = busy;
    this.#button.classList.toggle("utrecht-button--busy", busy);
    const status = need("#status");
    status.textContent = busy ? text("involved-busy") : "";
    this.#waiting?.stop();
    this.#waiting = busy ? new Waiting(() => (status.textContent = text("busy-slow"))) : null;
  }
}

startShell();
if (document.querySelector("#give-signal") !== null) {
  new InvolvedPage(JSON.parse(need("#options").textContent ?? "{}") as HandOptions);
}
