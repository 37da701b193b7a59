/** The people of the question: one to ten rows, each person once. */
import type { Bsn } from "../bsn.ts";
import type { Subject } from "../lookup.ts";
import { show } from "./dom.ts";
import { PersonRow } from "./person-row.ts";
import type { Purpose } from "./question.ts";
import { text } from "./texts.ts";

const MOST = 10;

/** Whom to ask about, and what each is called on this page alone. */
export interface Household {
  readonly people: readonly Subject[];
  readonly names: readonly string[];
}

export class People {
  readonly #list: HTMLElement;
  readonly #add: HTMLButtonElement;
  readonly #submit: () => void;
  #rows: PersonRow[] = [];
  #doubled = new Set<PersonRow>();
  #purpose: Purpose | null = null;

  constructor(list: HTMLElement, add: HTMLButtonElement, submit: () => void) {
    this.#list = list;
    this.#add = add;
    this.#submit = submit;
    this.#add.addEventListener("click", () => this.#addRow().focus());
    this.#addRow();
  }

  /** Read every person, or mark what is wrong, focus on it and give null. */
  read(): Household | null {
    const numbers = this.#rows.map((row) => row.read());
    this.#tellDoubles();
    const wrong = this.#rows.findIndex((row, place) => numbers[place] === null || this.#doubled.has(row));
    if (wrong >= 0) {
      this.#rows[wrong]?.focusOnWrong();
      return null;
    }
    const people = this.#rows.map((row, place) => ({ bsn: numbers[place] as Bsn, informed: row.informed }));
    return { people, names: nameAll(this.#rows.map((row) => row.name)) };
  }

  /** Ask of each person what a purpose needs them to know. */
  offer(purpose: Purpose): void {
    this.#purpose = purpose;
    for (const row of this.#rows) row.offer(purpose);
  }

  /** Empty all fields, and go back to a single person. */
  clear(): void {
    for (const row of this.#rows) row.clear();
    for (const row of this.#rows.slice(1)) row.element.remove();
    this.#rows = this.#rows.slice(0, 1);
    this.#doubled.clear();
    this.#renumber();
  }

  /** Ask about somebody who was found elsewhere, once; false where no row is left. */
  add(number: string, name: string): boolean {
    if (this.#rows.some((row) => row.digits === number)) return true;
    const isFull = this.#rows.length >= MOST;
    const free = this.#rows.find((row) => row.digits === "") ?? (isFull ? undefined : this.#addRow());
    free?.give(number, name);
    return free !== undefined;
  }

  focus(): void {
    this.#rows[0]?.focus();
  }

  #addRow(): PersonRow {
    const row = new PersonRow(this.#unusedPlace(), {
      submit: this.#submit,
      remove: (gone) => this.#remove(gone),
      changed: () => this.#tellDoubles(),
    });
    row.offer(this.#purpose);
    this.#rows = [...this.#rows, row];
    this.#list.append(row.element);
    this.#renumber();
    return row;
  }

  #remove(row: PersonRow): void {
    row.clear();
    row.element.remove();
    this.#rows = this.#rows.filter((each) => each !== row);
    this.#renumber();
    this.#tellDoubles();
    this.#add.focus();
  }

  /** Say at both rows that a number stands twice, and no longer when it does not. */
  #tellDoubles(): void {
    const before = this.#doubled;
    this.#doubled = new Set();
    this.#rows.forEach((row, place) => {
      const twin = this.#rows.findIndex((other) => other !== row && other.digits === row.digits && row.digits.length === 9);
      if (twin >= 0) {
        this.#doubled.add(row);
        row.tellNumber(text("bsn-double", { number: String(twin + 1), own: String(place + 1) }));
      } else if (before.has(row)) row.tellNumber("");
    });
  }

  #renumber(): void {
    this.#rows.forEach((row, place) => row.renumber(place + 1, this.#rows.length === 1));
    show(this.#add, this.#rows.length < MOST);
  }

  #unusedPlace(): number {
    const used = new Set(this.#rows.map((row) => row.place));
    let place = 1;
    while (used.has(place)) place += 1;
    return place;
  }
}

/** Tell people apart who are called alike: `kind (1)`, `kind (2)`; nobody is called as another. */
export function nameAll(names: readonly string[]): string[] {
  const given = names.map((name, place) => name || text("person", { number: String(place + 1) }));
  const alike = (name: string) => given.filter((other) => soundOf(other) === soundOf(name)).length;
  const taken = new Set(given.map(soundOf));
  return given.map((name, place) => {
    if (alike(name) === 1) return name;
    let number = place + 1;
    while (taken.has(soundOf(`${name} (${number})`))) number += 1;
    taken.add(soundOf(`${name} (${number})`));
    return `${name} (${number})`;
  });
}

/** What is seen and heard of a name: capitals, spaces and hidden signs tell nobody apart. */
function soundOf(name: string): string {
  return name.normalize("NFKC").replace(/\p{Cf}/gu, "").replace(/\s+/g, " ").trim().toLowerCase();
}
