/** The question around the numbers: purpose, basis and case. */
import { asObject } from "../bytes.ts";
import { Malformed } from "../errors.ts";
import type { Question } from "../lookup.ts";
import { all, need, show } from "./dom.ts";
import { text } from "./texts.ts";

export interface Choice {
  readonly code: string;
  readonly label: string;
}

export interface Category {
  readonly id: string;
  readonly label: string;
  /** What it is called within a sentence. */
  readonly short: string;
  /** Whether who tells of it coordinates what others do. */
  readonly coordinates: boolean;
  /** Whether who told of it takes part no more. */
  readonly stopped?: boolean;
}

export interface Purpose {
  readonly categories: readonly Category[];
  /** What it does not show and somebody tells of, as called within a sentence. */
  readonly beyond: readonly string[];
  readonly id: string;
  readonly label: string;
  readonly scope: string;
  readonly legalBases: readonly { readonly id: string; readonly label: string }[];
  readonly needsCaseReference: boolean;
  readonly needsInformed: boolean;
  readonly informedCodes: readonly Choice[];
  readonly exceptions: readonly Choice[];
  readonly aboutSafety: boolean;
}

export interface Catalogue {
  readonly municipality: string;
  readonly purposes: readonly Purpose[];
  readonly lifeDomains: readonly Choice[];
  readonly breakGlass: { readonly reasons: readonly Choice[] };
  /** Public holidays: no contact person has office hours then. */
  readonly closedDays: readonly string[];
}

/** What stands around the numbers, on the page for a lookup and on that for emergencies. */
export interface Fields {
  /** Give the question, or mark what is missing, focus on it and give null. */
  read(): Question | null;
  /** Say in one line what was asked, for above the answer. */
  describe(question: Question): string;
  /** The purpose of a question that was read here. */
  purposeOf(question: Question): Purpose;
  /** Empty what holds for one citizen alone, and go to what it was for: no default. */
  forgetCitizen(): void;
}

/** Read a catalogue that came over the wire, or throw `Malformed`. */
export function parseCatalogue(found: unknown): Catalogue {
  const { municipality, purposes, lifeDomains, closedDays } = asObject(found);
  const whole = [purposes, lifeDomains, closedDays].every(Array.isArray);
  if (!whole || typeof municipality !== "string") throw new Malformed();
  return found as Catalogue;
}

/** The part of the form that stays as it is after an error. */
export class QuestionFields implements Fields {
  readonly #catalogue: Catalogue;
  readonly #casePattern: RegExp;
  readonly #caseExample = need("#question").dataset["caseExample"] ?? "";
  readonly #chosen: (purpose: Purpose) => void;

  /** `chosen` hears which purpose it is for, each time that changes. */
  constructor(catalogue: Catalogue, casePattern: string, chosen: (purpose: Purpose) => void) {
    this.#catalogue = catalogue;
    this.#chosen = chosen;
    this.#casePattern = new RegExp(`^(?:${casePattern})$`);
    for (const radio of this.#purposeRadios()) {
      radio.addEventListener("change", () => this.#adapt());
    }
    need("#case-reference").addEventListener("input", () => tell("case-reference", true));
    this.#adapt();
  }

  read(): Question | null {
    const purpose = this.#purpose();
    const caseReference = need<HTMLInputElement>("#case-reference").value.trim().toUpperCase();
    const basis = need<HTMLSelectElement>("#legal-basis").value;
    const fits = this.#casePattern.test(caseReference);
    const checks: [string, boolean][] = [
      ["purpose", purpose !== null],
      ["case-reference", !purpose?.needsCaseReference || fits],
    ];
    need("#case-reference-error").textContent = text(caseReference === "" ? "case-missing" : "case-wrong", { example: this.#caseExample });
    for (const [field, holds] of checks) tell(field, holds);
    const wrong = checks.find(([, holds]) => !holds);
    if (wrong !== undefined || purpose === null) {
      focusOnField(wrong?.[0] ?? "purpose");
      return null;
    }
    return {
      municipality: this.#catalogue.municipality,
      purpose: purpose.id,
      legalBasis: basis,
      caseReference: purpose.needsCaseReference ? caseReference : null,
    };
  }

  describe(question: Question): string {
    const { label } = this.purposeOf(question);
    return question.caseReference === null ? label : `${label} · ${question.caseReference}`;
  }

  purposeOf(question: Question): Purpose {
    return this.#catalogue.purposes.find((each) => each.id === question.purpose) as Purpose;
  }

  forgetCitizen(): void {
    need<HTMLInputElement>("#case-reference").value = "";
    this.#purposeRadios().find((radio) => radio.checked)?.focus();
  }

  #purposeRadios(): HTMLInputElement[] {
    return all<HTMLInputElement>("#purpose input[type=radio]");
  }

  #purpose(): Purpose | null {
    const chosen = this.#purposeRadios().find((radio) => radio.checked);
    return this.#catalogue.purposes.find((each) => each.id === chosen?.value) ?? null;
  }

  #adapt(): void {
    const purpose = this.#purpose();
    show(need("#for-purpose"), purpose !== null);
    if (purpose === null) return;
    tell("purpose", true);
    show(need("#case-reference-field"), purpose.needsCaseReference);
    offerBases(purpose);
    this.#chosen(purpose);
  }
}

/** Say on which basis a purpose rests, whole; let one be chosen where it has several. */
export function offerBases(purpose: Purpose, within: ParentNode = document): void {
  const select = need<HTMLSelectElement>("#legal-basis", within);
  select.replaceChildren(...purpose.legalBases.map((basis) => new Option(basis.label, basis.id)));
  show(need("#legal-basis-field", within), purpose.legalBases.length > 1);
  const line = need("#legal-basis-line", within); // a name of a law is longer than the field
  select.onchange = () => {
    line.textContent = text("legal-basis", { basis: select.selectedOptions[0]?.label ?? "" });
  };
  select.dispatchEvent(new Event("change"));
}

export function focusOnField(field: string): void {
  need<HTMLElement>(`#${field} input, input#${field}`).focus();
}

/** Mark a field as missing or wrong, or take the mark away. */
export function tell(field: string, holds: boolean, within: ParentNode = document): void {
  show(need(`#${field}-error`, within), !holds);
  need(`#${field}-field, #${field}`, within).classList.toggle("utrecht-form-field--invalid", !holds);
  const control = within.querySelector<HTMLElement>(`input#${field}`);
  control?.classList.toggle("utrecht-textbox--invalid", !holds);
  if (holds) control?.removeAttribute("aria-invalid");
  else control?.setAttribute("aria-invalid", "true");
}
