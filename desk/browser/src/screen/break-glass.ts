/** The question when glass is broken: a reason and a purpose, no case and no informing. */
import type { Question } from "../lookup.ts";
import { all, need, show } from "./dom.ts";
import { type Catalogue, type Fields, focusOnField, offerBases, type Purpose, tell } from "./question.ts";
import { text } from "./texts.ts";

export class BreakGlassFields implements Fields {
  readonly #catalogue: Catalogue;

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
    for (const radio of all("#purpose input")) radio.addEventListener("change", () => this.#adapt());
    this.#adapt();
  }

  read(): Question | null {
    const reason = this.#chosen("reason");
    const purpose = this.#purpose();
    tell("reason", reason !== undefined);
    tell("purpose", purpose !== undefined);
    if (reason === undefined || purpose === undefined) {
      focusOnField(reason === undefined ? "reason" : "purpose");
      return null;
    }
    return {
      municipality: this.#catalogue.municipality,
      purpose: purpose.id,
      legalBasis: need<HTMLSelectElement>("#legal-basis").value,
      caseReference: null,
      breakGlass: { reason },
    };
  }

  describe(question: Question): string {
    const reasons = this.#catalogue.breakGlass.reasons;
    const reason = reasons.find((each) => each.code === question.breakGlass?.reason)?.label ?? "";
    return text("break-glass-asked", { reason, purpose: this.purposeOf(question).label });
  }

  purposeOf(question: Question): Purpose {
    return this.#find(question.purpose) as Purpose;
  }

  forgetCitizen(): void {
    for (const input of all<HTMLInputElement>("#reason input:checked")) input.checked = false;
  }

  #adapt(): void {
    const purpose = this.#purpose();
    show(need("#for-purpose"), purpose !== undefined);
    if (purpose !== undefined) offerBases(purpose);
  }

  #purpose(): Purpose | undefined {
    return this.#find(this.#chosen("purpose"));
  }

  #find(id: string | undefined): Purpose | undefined {
    return this.#catalogue.purposes.find((each) => each.id === id);
  }

  #chosen(field: string): string | undefined {
    return document.querySelector<HTMLInputElement>(`#${field} input:checked`)?.value;
  }
}
