/**
 * The one field for a citizen service number on an officer's page: without name or form,
 * emptied as soon as its number is blinded (templates/officer/person_field.html).
 */
import { type Bsn, digitsOf, parseBsn } from "../../bsn.ts";
import { InvalidBsn } from "../../errors.ts";
import { need, show } from "../dom.ts";
import { StandingNumber } from "../standing-number.ts";
import { text } from "../texts.ts";

const LENGTH = 9;

export class PersonField {
  readonly #root: HTMLElement;
  readonly #input: HTMLInputElement;
  readonly #standing = new StandingNumber();
  readonly #parted: () => void;

  /** `parted` hears that the number is no longer that of the person it was. */
  constructor(root: HTMLElement, submit: () => void, parted: () => void = () => undefined) {
    this.#root = root;
    this.#parted = parted;
    this.#input = need<HTMLInputElement>("input", root);
    this.#input.addEventListener("input", () => this.#whileTyping());
    this.#input.addEventListener("blur", () => this.#input.value !== "" && this.#check());
    this.#input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") submit();
    });
    addEventListener("pagehide", () => this.clear());
  }

  /** Read the number, or mark what is wrong, focus on it and give null. */
  read(): Bsn | null {
    const found = this.#check();
    if (found === null) this.#input.focus();
    return found;
  }

  clear(): void {
    this.#input.value = "";
    this.#standing.note("");
    this.#tell("");
  }

  focus(): void {
    this.#input.focus();
  }

  #whileTyping(): void {
    const typed = digitsOf(this.#input.value);
    if (typed.length >= LENGTH || /[^0-9]/.test(typed)) this.#check();
    else this.#tell("");
    if (this.#standing.note(this.#input.value)) this.#parted();
  }

  #check(): Bsn | null {
    try {
      const found = parseBsn(this.#input.value);
      this.#tell("");
      return found;
    } catch (error) {
      if (!(error instanceof InvalidBsn)) throw error;
      this.#tell(text(error.text));
      return null;
    }
  }

  #tell(message: string): void {
    const error = need("[data-error]", this.#root);
    error.textContent = message;
    show(error, message !== "");
    this.#root.classList.toggle("utrecht-form-field--invalid", message !== "");
    this.#input.classList.toggle("utrecht-textbox--invalid", message !== "");
    if (message === "") this.#input.removeAttribute("aria-invalid");
    else this.#input.setAttribute("aria-invalid", "true");
  }
}
