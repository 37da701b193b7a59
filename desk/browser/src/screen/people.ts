/**
 * The fields for citizen service numbers: one to ten, without name or form. A field is
 * emptied as soon as its number is blinded; nothing here keeps what was typed.
 */
import { type Bsn, digitsOf, parseBsn } from "../bsn.ts";
import { InvalidBsn } from "../errors.ts";
import { all, fill, fromTemplate, need, show } from "./dom.ts";
import { text } from "./texts.ts";

const MOST = 10;
const LENGTH = 9;

export class People {
  readonly #list: HTMLElement;
  readonly #add: HTMLButtonElement;
  readonly #submit: () => void;

  constructor(list: HTMLElement, add: HTMLButtonElement, submit: () => void) {
    this.#list = list;
    this.#add = add;
    this.#submit = submit;
    this.#add.addEventListener("click", () => this.#addField(true));
    this.#addField(false);
  }

  /** Read every number, or mark what is wrong, focus on it and give null. */
  read(): Bsn[] | null {
    const rows = all("[data-person]", this.#list);
    const read = rows.map((row) => this.#check(row, true));
    const firstWrong = read.indexOf(null);
    if (firstWrong >= 0) {
      need<HTMLInputElement>("input", rows[firstWrong]).focus();
      return null;
    }
    return read as Bsn[];
  }

  /** Empty all fields, and go back to a single one. */
  clear(): void {
    for (const input of all<HTMLInputElement>("input", this.#list)) input.value = "";
    for (const row of all("[data-person]", this.#list).slice(1)) row.remove();
    for (const row of all("[data-person]", this.#list)) this.#tell(row, "");
    this.#renumber();
  }

  focus(): void {
    need<HTMLInputElement>("input", this.#list).focus();
  }

  #addField(focus: boolean): void {
    const fragment = fromTemplate("person");
    const row = need("[data-person]", fragment);
    const input = need<HTMLInputElement>("input", row);
    const place = this.#unusedNumber();
    input.id = `person-${place}`;
    need<HTMLLabelElement>("label", row).htmlFor = input.id;
    const error = need("[data-error]", row);
    error.id = `person-${place}-error`;
    input.setAttribute("aria-describedby", `${error.id} person-help`);
    input.addEventListener("input", () => this.#whileTyping(row, input));
    input.addEventListener("blur", () => input.value !== "" && this.#check(row, true));
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.#submit();
    });
    need("[data-remove]", row).addEventListener("click", () => this.#remove(row));
    this.#list.append(fragment);
    this.#renumber();
    if (focus) input.focus();
  }

  #remove(row: HTMLElement): void {
    need<HTMLInputElement>("input", row).value = "";
    row.remove();
    this.#renumber();
    this.#add.focus();
  }

  #whileTyping(row: HTMLElement, input: HTMLInputElement): void {
    const typed = digitsOf(input.value);
    if (typed.length >= LENGTH || /[^0-9]/.test(typed)) this.#check(row, true);
    else this.#tell(row, "");
  }

  #check(row: HTMLElement, tell: boolean): Bsn | null {
    try {
      const found = parseBsn(need<HTMLInputElement>("input", row).value);
      this.#tell(row, "");
      return found;
    } catch (error) {
      if (!(error instanceof InvalidBsn)) throw error;
      if (tell) this.#tell(row, text(error.text));
      return null;
    }
  }

  #tell(row: HTMLElement, message: string): void {
    const input = need<HTMLInputElement>("input", row);
    const error = need("[data-error]", row);
    error.textContent = message;
    show(error, message !== "");
    row.classList.toggle("utrecht-form-field--invalid", message !== "");
    input.classList.toggle("utrecht-textbox--invalid", message !== "");
    if (message === "") input.removeAttribute("aria-invalid");
    else input.setAttribute("aria-invalid", "true");
  }

  #renumber(): void {
    const rows = all("[data-person]", this.#list);
    rows.forEach((row, place) => {
      const number = rows.length > 1 ? String(place + 1) : "";
      fill(row, { label: number === "" ? text("bsn-label") : text("bsn-label-numbered", { number }) });
      const remove = need("[data-remove]", row);
      show(remove, rows.length > 1);
      remove.setAttribute("aria-label", text("bsn-remove", { number }));
    });
    show(this.#add, rows.length < MOST);
  }

  #unusedNumber(): number {
    const used = new Set(all<HTMLInputElement>("input", this.#list).map((input) => input.id));
    let place = 1;
    while (used.has(`person-${place}`)) place += 1;
    return place;
  }
}
