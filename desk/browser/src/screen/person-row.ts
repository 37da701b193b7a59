/**
 * One person in the question: what to call them on this page, their number, and whether
 * they know. The name is for the screen alone and is not sent; the number has a field
 * without name or form, and is emptied as soon as it is blinded.
 */
import { type Bsn, digitsOf, parseBsn } from "../bsn.ts";
import { InvalidBsn } from "../errors.ts";
import { all, fill, fromTemplate, need, show } from "./dom.ts";
import type { Choice, Purpose } from "./question.ts";
import { StandingNumber } from "./standing-number.ts";
import { text } from "./texts.ts";

const LENGTH = 9;
/** So many digits are a number of somebody, and no name. */
const DIGITS_IN_A_NAME = 3;
/** What the radio for "nee" is worth: no code, so nothing is attested. */
const NOT_INFORMED = "";

/** What a row tells the list that it stands in. */
export interface RowEvents {
  submit(): void;
  remove(row: PersonRow): void;
  changed(row: PersonRow): void;
}

export class PersonRow {
  readonly element: HTMLElement;
  readonly place: number;
  readonly #number: HTMLInputElement;
  readonly #name: HTMLInputElement;
  readonly #informed: HTMLElement;
  readonly #events: RowEvents;
  readonly #standing = new StandingNumber();
  #asks = false;
  #hasExceptions = false;
  /** What somebody is called to whom no name was given. */
  #ordinal = "";
  /** The name came along with the number, and goes with it. */
  #isNameGiven = false;

  /** `place` makes the ids of this row's fields its own. */
  constructor(place: number, events: RowEvents) {
    const fragment = fromTemplate("person");
    this.element = need("[data-person]", fragment);
    this.place = place;
    this.#events = events;
    this.#number = need<HTMLInputElement>("[data-number]", this.element);
    this.#name = need<HTMLInputElement>("[data-name]", this.element);
    this.#informed = need("[data-informed]", this.element);
    this.#tie(this.#number, "[data-number-label]", `person-${place}`);
    this.#tie(this.#name, "[data-name-label]", `person-${place}-name`);
    const error = need("[data-informed-error]", this.element);
    error.id = `person-${place}-informed-error`;
    this.#informed.setAttribute("aria-describedby", error.id);
    this.#listen();
  }

  /** What is in the number's field, without what may stand between its digits. */
  get digits(): string {
    return digitsOf(this.#number.value);
  }

  /** What to call this person; empty where nothing was filled in. */
  get name(): string {
    return this.#name.hidden ? "" : this.#name.value.trim();
  }

  /** How this person knows, as a code; null where this purpose does not ask. */
  get informed(): string | null {
    if (!this.#asks) return null;
    return this.#chosen("[data-codes]")?.value || (this.#chosen("[data-exceptions]")?.value ?? NOT_INFORMED);
  }

  /** Read the number and mark what is wrong with any field; null when something is. */
  read(): Bsn | null {
    const name = this.#checkName();
    const number = this.checkNumber();
    const informed = this.informed !== "";
    this.#tell("[data-informed]", "[data-informed-error]", informed ? "" : text(this.#whyNotInformed()));
    return name && informed ? number : null;
  }

  /** Read the number, or say what is wrong with it. */
  checkNumber(): Bsn | null {
    try {
      const found = parseBsn(this.#number.value);
      this.tellNumber("");
      return found;
    } catch (error) {
      if (!(error instanceof InvalidBsn)) throw error;
      this.tellNumber(text(error.text));
      return null;
    }
  }

  tellNumber(message: string): void {
    this.#tell("[data-number-field]", "[data-error]", message, this.#number);
  }

  /** Number the labels; a person alone needs no name and cannot be taken away. */
  renumber(number: number, isAlone: boolean): void {
    const values = { number: String(number) };
    fill(this.element, {
      "name-label": text("name-label", values),
      "number-label": isAlone ? text("bsn-label") : text("bsn-label-numbered", values),
    });
    this.#ordinal = text("person", values);
    const remove = need("[data-remove]", this.element);
    show(remove, !isAlone);
    remove.setAttribute("aria-label", text("bsn-remove", values));
    show(need("[data-name-field]", this.element), !isAlone);
    this.#name.hidden = isAlone;
    this.#nameQuestion();
  }

  /** Ask how this person knows, with the choices of a purpose; what was chosen goes. */
  offer(purpose: Purpose | null): void {
    this.#asks = purpose?.needsInformed ?? false;
    show(this.#informed, this.#asks);
    const no = { code: NOT_INFORMED, label: text("informed-no") };
    this.#paint("[data-codes]", [...(purpose?.informedCodes ?? []), no], `informed-${this.place}`);
    this.#paint("[data-exceptions]", purpose?.exceptions ?? [], `informed-${this.place}-why`);
    this.#hasExceptions = (purpose?.exceptions.length ?? 0) > 0;
    show(need("[data-why]", this.element), false);
    this.#tell("[data-informed]", "[data-informed-error]", "");
  }

  /** Empty every field, the attestation too: it is never a default for the next person. */
  clear(): void {
    this.#number.value = "";
    this.#name.value = "";
    this.#isNameGiven = false;
    this.#standing.note("");
    this.#forgetInformed();
    this.tellNumber("");
    this.#tell("[data-name-field]", "[data-name-error]", "", this.#name);
    this.#tell("[data-informed]", "[data-informed-error]", "");
  }

  /** Fill in somebody who was found elsewhere, as if it was typed; nothing is known of them yet. */
  give(number: string, name: string): void {
    this.clear();
    this.#number.value = number;
    this.#name.value = name;
    this.#isNameGiven = name !== "";
    this.#nameQuestion();
    this.#number.dispatchEvent(new Event("input", { bubbles: true }));
  }

  focus(): void {
    this.#number.focus();
  }

  /** Go to the first field with something wrong. */
  focusOnWrong(): void {
    const wrong = all<HTMLElement>(".utrecht-form-field--invalid", this.element)[0];
    wrong?.querySelector<HTMLInputElement>("input")?.focus();
  }

  #chosen(within: string): HTMLInputElement | null {
    return this.#informed.querySelector<HTMLInputElement>(`${within} input:checked`);
  }

  #whyNotInformed(): string {
    if (this.#chosen("[data-codes]") === null) return "informed-missing";
    if (this.#hasExceptions) return "informed-why-missing";
    return this.#name.hidden ? "informed-first" : "informed-first-others"; // a name is asked of a household alone
  }

  /** "Nee" asks why not, or says at once what to do first. */
  #turnInformed(): void {
    const isNot = this.#chosen("[data-codes]")?.value === NOT_INFORMED;
    show(need("[data-why]", this.element), isNot && this.#hasExceptions);
    if (!isNot) for (const each of all<HTMLInputElement>("[data-exceptions] input:checked", this.#informed)) each.checked = false;
    this.#tell("[data-informed]", "[data-informed-error]", isNot && !this.#hasExceptions ? text(this.#whyNotInformed()) : "");
  }

  #tie(input: HTMLInputElement, label: string, id: string): void {
    input.id = id;
    need<HTMLLabelElement>(label, this.element).htmlFor = id;
    const field = input.closest<HTMLElement>(".utrecht-form-field") as HTMLElement;
    const error = need("[role=alert]", field);
    error.id = `${id}-error`;
    input.setAttribute("aria-describedby", input === this.#number ? `${error.id} person-help` : error.id);
  }

  #listen(): void {
    this.#number.addEventListener("input", () => this.#whileTyping());
    this.#number.addEventListener("blur", () => {
      if (this.#number.value !== "" && this.checkNumber() !== null) this.#events.changed(this);
    });
    this.#name.addEventListener("input", () => {
      this.#isNameGiven = false;
      this.#checkName();
      this.#nameQuestion();
    });
    this.element.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target instanceof HTMLInputElement) this.#events.submit();
    });
    this.#informed.addEventListener("change", () => this.#turnInformed());
    need("[data-remove]", this.element).addEventListener("click", () => this.#events.remove(this));
  }

  #whileTyping(): void {
    const typed = this.digits;
    if (typed.length >= LENGTH || /[^0-9]/.test(typed)) this.checkNumber();
    else this.tellNumber("");
    if (this.#standing.note(this.#number.value)) this.#partFromPerson();
    this.#events.changed(this);
  }

  /** Another number: what was said of the one before goes, and a name of ours is asked about. */
  #partFromPerson(): void {
    if (this.#isNameGiven) this.#name.value = "";
    this.#isNameGiven = false;
    this.#nameQuestion();
    if (this.name !== "") this.#tell("[data-name-field]", "[data-name-error]", text("name-again"), this.#name);
    if (this.#forgetInformed()) this.#tell("[data-informed]", "[data-informed-error]", text("informed-again"));
  }

  /** Whether there was something to forget. */
  #forgetInformed(): boolean {
    const chosen = all<HTMLInputElement>("input:checked", this.#informed);
    for (const each of chosen) each.checked = false;
    show(need("[data-why]", this.element), false);
    return chosen.length > 0;
  }

  /** Ask by the name that was given: among four people nobody counts. */
  #nameQuestion(): void {
    const isAlone = this.#name.hidden;
    fill(this.element, { "informed-label": isAlone ? text("informed-label") : text("informed-label-numbered", { name: this.name || this.#ordinal }) });
  }

  #checkName(): boolean {
    const digits = this.name.replace(/[^0-9]/g, "").length;
    const isFit = digits < DIGITS_IN_A_NAME;
    this.#tell("[data-name-field]", "[data-name-error]", isFit ? "" : text("name-number"), this.#name);
    return isFit;
  }

  #paint(place: string, choices: readonly Choice[], name: string): void {
    const painted = choices.map((choice) => {
      const fragment = fromTemplate("choice");
      const input = need<HTMLInputElement>("input", fragment);
      input.value = choice.code;
      input.name = name;
      input.id = `informed-${this.place}-${choice.code || "no"}`;
      need<HTMLLabelElement>("label", fragment).htmlFor = input.id;
      fill(fragment, { label: choice.label });
      return fragment;
    });
    need(place, this.element).replaceChildren(...painted);
  }

  #tell(field: string, place: string, message: string, input?: HTMLInputElement): void {
    const error = need(place, this.element);
    error.textContent = message;
    show(error, message !== "");
    need(field, this.element).classList.toggle("utrecht-form-field--invalid", message !== "");
    input?.classList.toggle("utrecht-textbox--invalid", message !== "");
    if (message === "") input?.removeAttribute("aria-invalid");
    else input?.setAttribute("aria-invalid", "true");
  }
}
