/**
 * Whose number it is, where the organisation has a gateway to the population register:
 * name and birth date stand beside the number before the question and beside the answer
 * after it; family members are offered to tick; who has no number is found by name.
 *
 * - Nobody is chosen here. What speaks against a person stands there, and somebody who
 *   means that person all the same says so with a tick.
 * - A register that is silent is said, and asks for nothing: the page works without it.
 * - All of it stands in the page alone, and goes when the question or answer goes.
 */
import { numberIn } from "../bsn.ts";
import { Refused } from "../errors.ts";
import { AnotherGiven, type Known, Register, type Relative } from "../register.ts";
import { all, fill, fromTemplate, need, show } from "./dom.ts";
import type { People } from "./people.ts";
import { text } from "./texts.ts";
import { NameSearch, writeLine, writeWho } from "./whose-search.ts";

/** What it takes at the least to read a name, in milliseconds. */
const READING = 1_000;

/** One row: the number that was asked about, and what came of it. */
interface Asked {
  readonly number: string;
  readonly panel: HTMLElement;
  /** Null while nobody is known to have this number. */
  known: Known | null;
  /** When the name came to stand there: `Infinity` before that, 0 where there is none. */
  since: number;
  /** Whether somebody pressed the button before the name was read. */
  early: boolean;
}

/** What stands beside one person's part of the answer. */
export interface Shown {
  readonly who: string;
  readonly doubts: string;
}

export class Whose {
  readonly #list: HTMLElement;
  readonly #people: People;
  readonly #register: Register;
  readonly #asked = new Map<HTMLElement, Asked>();
  /** Which number each offered tick stands for: never in the markup. */
  readonly #boxes = new Map<HTMLInputElement, string>();
  readonly #search: NameSearch;

  constructor(list: HTMLElement, people: People, search: HTMLElement, headers: Record<string, string>) {
    this.#list = list;
    this.#people = people;
    this.#register = new Register(search.dataset["registerPath"] ?? "", headers);
    this.#search = new NameSearch(search, this.#register, (number) => this.#choose(number));
    list.addEventListener("input", (event) => this.#note(event.target as Element));
    list.addEventListener("click", (event) => {
      if ((event.target as Element).closest("[data-remove]") !== null) this.#refresh();
    });
  }

  /** Whether every name stood there as long as reading takes, or was ticked; else say so. */
  isSeen(): boolean {
    this.#refresh();
    for (const asked of this.#rows()) {
      if (asked === undefined) continue;
      const { panel, since } = asked;
      const sure = panel.querySelector<HTMLInputElement>("[data-sure]");
      if (sure === null && Date.now() - since < READING) {
        asked.early = true;
        asked.since = Math.max(since, Date.now()); // a key that is held down reads nothing
        tell(panel, text(since === Infinity ? "whose-wait" : "whose-known-early"));
        need("#look-up").focus();
        return false;
      }
      if (sure === null || sure.checked) continue;
      show(need("[data-not-sure]", panel), true);
      sure.focus();
      return false;
    }
    return true;
  }

  /** Give, in the order of the rows, what is to stand beside the answer. */
  read(): readonly (Shown | null)[] {
    return this.#rows().map((asked) => (asked === undefined ? null : describe(asked)));
  }

  /** Take away every name, of question and search. */
  clear(): void {
    for (const { panel } of this.#asked.values()) panel.remove();
    this.#asked.clear();
    this.#boxes.clear();
    this.#search.clear();
  }

  #rows(): (Asked | undefined)[] {
    return all("[data-person]", this.#list).map((row) => this.#asked.get(row));
  }

  /** Look at what was typed in a row, and ask once for each whole number. */
  #note(typed: Element): void {
    const row = typed.closest<HTMLElement>("[data-person]");
    if (row === null || !typed.matches("[data-number]")) return;
    const number = numberIn((typed as HTMLInputElement).value);
    const before = this.#asked.get(row);
    if (before?.number === number) return;
    before?.panel.remove();
    this.#asked.delete(row);
    if (number !== "") void this.#ask(row, number);
    this.#refresh();
  }

  async #ask(row: HTMLElement, number: string): Promise<void> {
    const panel = need("[data-whose]", fromTemplate("whose"));
    need("[data-number-field]", row).after(panel);
    const asked: Asked = { number, panel, known: null, since: Infinity, early: false };
    this.#asked.set(row, asked);
    tell(panel, text("whose-asking"));
    try {
      asked.known = await this.#register.byNumber(number);
      if (this.#asked.get(row) === asked) this.#paint(asked);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      tell(panel, text(error.text));
      if (error instanceof AnotherGiven) askSure(panel);
    } finally {
      asked.since = asked.known === null ? 0 : Date.now();
    }
  }

  #paint(asked: Asked): void {
    const { panel, known } = asked;
    if (known === null) {
      tell(panel, text("whose-unknown"));
      askSure(panel, false);
      return;
    }
    tell(panel, text(asked.early ? "whose-known-early" : "whose-known"));
    fill(panel, { who: writeWho(known) });
    const doubts = known.doubts.map((doubt) => text(`whose-doubt-${doubt}`));
    need("[data-doubts]", panel).replaceChildren(...doubts.map(writeLine));
    if (doubts.length > 0) askSure(panel);
    need("[data-family]", panel).append(...known.relatives.map((relative) => this.#offer(relative)));
    this.#refresh();
  }

  /** Ask about somebody who was found by name, and go there; false where no row is left. */
  #choose(number: string): boolean {
    const isThere = this.#people.add(number, "");
    this.#rowOf(number)?.querySelector<HTMLElement>("[data-number]")?.focus();
    return isThere;
  }

  /** Offer one relative to tick; who has no number, or is asked about already, cannot be. */
  #offer(relative: Relative): DocumentFragment {
    const item = fromTemplate("whose-relative");
    const box = need<HTMLInputElement>("input", item);
    const kinship = text(`whose-${relative.kinship}`);
    const notes = relative.doubts.map((doubt) => text(`whose-doubt-${doubt}`));
    if (relative.number === "") notes.push(text("whose-no-number"));
    fill(item, { kinship, who: writeWho(relative), notes: notes.join(" ") });
    box.disabled = relative.number === "";
    this.#boxes.set(box, relative.number);
    box.addEventListener("change", () => {
      const isFull = box.checked && !this.#people.add(relative.number, kinship.toLowerCase());
      if (isFull) tell(box.closest("[data-whose]") as HTMLElement, text("whose-full"));
      if (!box.checked) this.#rowOf(relative.number)?.querySelector<HTMLElement>("[data-remove]")?.click();
      this.#refresh();
      box.focus();
    });
    return item;
  }

  #rowOf(number: string): HTMLElement | undefined {
    if (number === "") return undefined;
    return [...this.#asked].find(([row, asked]) => row.isConnected && asked.number === number)?.[0];
  }

  /** Forget rows that were taken away, tick who is asked about, offer nobody twice. */
  #refresh(): void {
    for (const row of this.#asked.keys()) if (!row.isConnected) this.#asked.delete(row);
    for (const box of this.#boxes.keys()) if (!box.isConnected) this.#boxes.delete(box);
    const seen = new Set<string>();
    for (const asked of this.#rows()) if (asked !== undefined) this.#refreshFamily(asked, seen);
  }

  #refreshFamily({ number, panel }: Asked, seen: Set<string>): void {
    seen.add(number);
    const boxes = all<HTMLInputElement>("[data-family] input", panel);
    for (const box of boxes) {
      const relative = this.#boxes.get(box) ?? "";
      box.checked = this.#rowOf(relative) !== undefined;
      show(box.parentElement as HTMLElement, !seen.has(relative));
      if (relative !== "") seen.add(relative);
    }
    show(need("[data-family]", panel), boxes.some((box) => box.parentElement?.hidden === false));
  }
}

/** Give what shows whose number it is; null where the organisation has no gateway. */
export function offerWhose(list: HTMLElement, people: People, headers: Record<string, string>): Whose | null {
  const search = document.querySelector<HTMLElement>("[data-register-path]");
  return search === null ? null : new Whose(list, people, search, headers);
}

/** Put each name in the heading of its person's row, or above what one person has. */
export function showWhose(place: HTMLElement, names: readonly (Shown | null)[]): void {
  all("[data-part]", place).forEach((part, index) => {
    const name = names[index];
    if (name === null || name === undefined) return;
    const line = fromTemplate("whose-answered");
    fill(line, { who: name.who, doubts: name.doubts });
    const title = need("h2", part);
    if (part.querySelector("[data-row]") === null) title.after(line);
    else title.append(line);
  });
}

function describe({ known }: Asked): Shown {
  if (known === null) return { who: text("whose-unconfirmed"), doubts: "" };
  return { who: writeWho(known), doubts: known.doubts.map((doubt) => text(`whose-doubt-${doubt}`)).join(" ") };
}

/** Ask whether this is the person who is meant, or whether a number that nobody has is right; without that there is no question. */
function askSure(panel: HTMLElement, isKnown = true): void {
  const sure = fromTemplate("whose-sure");
  panel.classList.add("desk-whose--doubt");
  show(need("[data-known]", sure), isKnown);
  show(need("[data-unknown]", sure), !isKnown);
  panel.append(sure);
}

function tell(panel: HTMLElement, message: string): void {
  need("[data-said]", panel).textContent = message;
}
