/** Find a number by name and birth date. Whoever asks chooses; the page never does. */
import type { Known, Named, Register } from "../register.ts";
import { Refused } from "../errors.ts";
import { all, fill, fromTemplate, need, show } from "./dom.ts";
import { text } from "./texts.ts";

/** What the register takes for a surname; a star would ask for everybody who begins so. */
const SURNAME = /^[\p{L}\d .'\u2019-]{1,200}$/u;
const DAY = /^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})$/;

export class NameSearch {
  readonly #place: HTMLElement;
  readonly #register: Register;
  readonly #choose: (number: string) => boolean;
  /** Counts questions: an answer to one before the last is not shown. */
  #turn = 0;

  constructor(place: HTMLElement, register: Register, choose: (number: string) => boolean) {
    this.#place = place;
    this.#register = register;
    this.#choose = choose;
    need("[data-search]", place).addEventListener("click", () => void this.#search());
    for (const input of all<HTMLInputElement>("input", place)) {
      input.addEventListener("keydown", (event) => {
        if (event.key === "Enter") void this.#search();
      });
    }
  }

  clear(): void {
    this.#turn += 1;
    for (const input of all<HTMLInputElement>("input", this.#place)) input.value = "";
    this.#show("", []);
    this.#mark("surname", true);
    this.#mark("born", true);
  }

  async #search(): Promise<void> {
    const surname = this.#input("surname").value.trim().replaceAll("\u2019", "'");
    const born = readDay(this.#input("born").value);
    const wrong = [this.#mark("surname", SURNAME.test(surname)), this.#mark("born", born !== null)].indexOf(false);
    if (wrong >= 0 || born === null) {
      this.#turn += 1;
      this.#show("", []); // what was found for the question before is no answer to this one
      this.#input(wrong === 0 ? "surname" : "born").focus();
      return;
    }
    const turn = (this.#turn += 1);
    this.#show(text("whose-searching"), []);
    const [said, found] = await this.#find(surname, born);
    if (turn === this.#turn) this.#show(said, found);
  }

  async #find(surname: string, born: string): Promise<[string, readonly Known[]]> {
    try {
      const found = await this.#register.byName(surname, born);
      const said = found.length > 1 ? "whose-found-several" : found.length === 1 ? "whose-found-one" : "whose-found-none";
      return [text(said, { number: String(found.length) }), found];
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return [text(`${error.text}-search`), []];
    }
  }

  #show(said: string, found: readonly Known[]): void {
    need("[data-said]", this.#place).textContent = said;
    const list = need("[data-found]", this.#place);
    list.replaceChildren(...found.map((each) => this.#paint(each)));
    show(list, found.length > 0);
  }

  #paint(person: Known): DocumentFragment {
    const item = fromTemplate("whose-found");
    const secret = person.doubts.includes("secret");
    fill(item, { who: writeWho(person), address: secret ? text("whose-address-secret") : person.address });
    need("[data-doubts]", item).replaceChildren(...person.doubts.map((doubt) => writeLine(text(`whose-doubt-${doubt}`))));
    const button = need<HTMLButtonElement>("button", item);
    button.setAttribute("aria-label", text("whose-choose", { who: writeWho(person) }));
    button.addEventListener("click", () => {
      if (!this.#choose(person.number)) return this.#show(text("whose-full"), []);
      need<HTMLDetailsElement>("details", this.#place).open = false;
      this.clear();
    });
    return item;
  }

  #input(field: string): HTMLInputElement {
    return need<HTMLInputElement>(`#whose-${field}`, this.#place);
  }

  #mark(field: string, holds: boolean): boolean {
    const input = this.#input(field);
    show(need(`#whose-${field}-error`, this.#place), !holds);
    input.classList.toggle("utrecht-textbox--invalid", !holds);
    if (holds) input.removeAttribute("aria-invalid");
    else input.setAttribute("aria-invalid", "true");
    return holds;
  }
}

/** Read `14-3-1979` as `1979-03-14`; null where it is no day. */
export function readDay(typed: string): string | null {
  const [, day, month, year] = DAY.exec(typed.trim()) ?? [];
  if (day === undefined || month === undefined || year === undefined) return null;
  const iso = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  const read = new Date(`${iso}T12:00:00Z`);
  return !Number.isNaN(read.getTime()) && read.toISOString().startsWith(iso) ? iso : null;
}

export function writeWho(person: Named): string {
  const name = person.name === "" ? text("whose-nameless") : person.name;
  return person.born === "" ? name : text("whose-born", { name, day: person.born });
}

export function writeLine(line: string): HTMLElement {
  const item = document.createElement("li");
  item.textContent = line;
  return item;
}
