/**
 * What is said of somebody in a signal by hand: which kind, for whom to call, what the
 * citizen knows and since when, until when. That the citizen knows is never a default.
 */
import { all, fill, fromTemplate, need, show } from "../dom.ts";
import { writeDay } from "../moments.ts";
import { text } from "../texts.ts";
import type { Given } from "../../signaller.ts";

interface Choice {
  readonly code: string;
  readonly label: string;
}

interface Place {
  readonly category: string;
  readonly categoryLabel: string;
  readonly municipality: string;
  /** The last day until which it may show. */
  readonly latestEnd: string;
  readonly informed: readonly Choice[];
}

export interface HandOptions {
  readonly places: readonly Place[];
  readonly contacts: readonly { readonly id: string; readonly function: string; readonly name: string | null }[];
}

/** What the page around the form knows already. */
export interface Known {
  readonly category?: string | undefined;
  readonly caseReference?: string | undefined;
  readonly casePattern?: string | undefined;
}

const USUAL_MONTHS = 6;
let made = 0;

export class SignalForm {
  readonly #root: HTMLElement;
  readonly #options: HandOptions;
  readonly #known: Known;
  /** Tells the fields of several forms on one page apart. */
  readonly #mark: string;

  constructor(place: HTMLElement, options: HandOptions, known: Known) {
    place.replaceChildren(fromTemplate("hand-signal"));
    this.#root = need("[data-give]", place);
    this.#mark = made === 0 ? "" : `-${made}`;
    made += 1;
    tellApart(this.#root, this.#mark);
    this.#options = options;
    this.#known = known;
    this.#paintPlaces();
    this.#paintContacts();
    if (known.caseReference !== undefined) show(this.#field("case"), false);
    this.clear();
  }

  /** Give what was filled in, or mark all that is missing, focus on the first, give null. */
  read(): Given | null {
    const place = this.#place();
    const informed = this.#chosen("informed");
    const caseReference = this.#known.caseReference ?? this.#input("case").value.trim().toUpperCase();
    const contact = need<HTMLSelectElement>("select", this.#root).value;
    const on = this.#input("informed-on");
    const until = this.#input("until");
    const checks: [string, boolean][] = [
      ["category", place !== null],
      ["case", this.#fitsCase(caseReference)],
      ["contact", contact !== ""],
      ["informed", informed !== ""],
      ["informed-on", on.value !== "" && on.validity.valid],
      ["until", until.value !== "" && until.validity.valid],
    ];
    for (const [field, holds] of checks) this.#tell(field, holds);
    const wrong = checks.find(([, holds]) => !holds);
    if (wrong !== undefined || place === null) {
      need<HTMLElement>("input, select", this.#field(wrong?.[0] ?? "category")).focus();
      return null;
    }
    return {
      category: place.category,
      municipality: place.municipality,
      contactHolder: contact,
      informed: { code: informed, on: on.value },
      validUntil: until.value,
      caseReference,
      anotherPerson: need<HTMLInputElement>("[data-another] input", this.#root).checked,
    };
  }

  /** Ask whether this is about somebody else under the same case number. */
  askAnother(): void {
    show(need("[data-another]", this.#root), true);
    need<HTMLInputElement>("[data-another] input", this.#root).focus();
  }

  /** Another number is typed: what this one knows, and since when, is asked anew. */
  forgetPerson(): void {
    const wasSaid = this.#chosen("informed") !== "";
    for (const radio of this.#radios("informed")) radio.checked = false;
    this.#input("informed-on").value = "";
    need<HTMLInputElement>("[data-another] input", this.#root).checked = false;
    show(need("[data-another]", this.#root), false);
    if (wasSaid) this.#tell("informed", false);
  }

  /** Empty everything: what was said of one person is never a default for the next. */
  clear(): void {
    for (const input of all<HTMLInputElement>("input", this.#root)) {
      if (input.type === "radio" || input.type === "checkbox") input.checked = false;
      else input.value = "";
    }
    for (const field of all("[data-field]", this.#root)) this.#tell(field.dataset["field"] ?? "", true);
    show(need("[data-another]", this.#root), false);
    const { contacts, places } = this.#options;
    need<HTMLSelectElement>("select", this.#root).value = contacts.length === 1 ? (contacts[0]?.id ?? "") : "";
    const only = places.length === 1 ? places[0]?.category : this.#known.category;
    for (const radio of this.#radios("category")) radio.checked = places[Number(radio.value)]?.category === only;
    show(this.#field("category"), places.length > 1 && this.#known.category === undefined);
    this.#adapt();
  }

  #paintPlaces(): void {
    const towns = new Set(this.#options.places.map((place) => place.municipality));
    const labels = this.#options.places.map((place, at) => ({
      code: String(at),
      label: towns.size > 1 ? `${place.categoryLabel} (${place.municipality})` : place.categoryLabel,
    }));
    this.#paintChoices("category", labels);
    for (const radio of this.#radios("category")) radio.addEventListener("change", () => this.#adapt());
  }

  #paintContacts(): void {
    const select = need<HTMLSelectElement>("select", this.#root);
    for (const one of this.#options.contacts) {
      select.append(new Option(one.name ? `${one.function} (${one.name})` : one.function, one.id));
    }
  }

  /** Offer what the kind that was chosen asks for. */
  #adapt(): void {
    const place = this.#place();
    for (const field of ["informed", "informed-on", "until"]) show(this.#field(field), place !== null);
    if (place === null) return;
    this.#paintChoices("informed", place.informed);
    const today = new Date();
    const usual = day(addMonths(today, USUAL_MONTHS));
    const until = this.#input("until");
    until.min = day(today);
    until.max = place.latestEnd;
    until.value = usual < place.latestEnd ? usual : place.latestEnd;
    this.#input("informed-on").max = day(today);
    const help = need("[data-slot=until-help]", this.#root);
    help.textContent = text("involved-until-help", { day: writeDay(place.latestEnd) });
  }

  #paintChoices(field: string, choices: readonly Choice[]): void {
    const name = `give-${field}${this.#mark}`;
    need("[data-choices]", this.#field(field)).replaceChildren(
      ...choices.map((choice) => {
        const fragment = fromTemplate("choice");
        const input = need<HTMLInputElement>("input", fragment);
        input.value = choice.code;
        input.name = name;
        input.id = `${name}-${choice.code}`;
        need<HTMLLabelElement>("label", fragment).htmlFor = input.id;
        fill(fragment, { label: choice.label });
        return fragment;
      }),
    );
  }

  #fitsCase(number: string): boolean {
    if (this.#known.casePattern === undefined) return number !== "";
    return new RegExp(`^(?:${this.#known.casePattern})$`).test(number);
  }

  #place(): Place | null {
    const chosen = this.#chosen("category");
    return chosen === "" ? null : (this.#options.places[Number(chosen)] ?? null);
  }

  #chosen(field: string): string {
    return this.#radios(field).find((radio) => radio.checked)?.value ?? "";
  }

  #radios(field: string): HTMLInputElement[] {
    return all<HTMLInputElement>("input[type=radio]", this.#field(field));
  }

  #field(name: string): HTMLElement {
    return need(`[data-field="${name}"]`, this.#root);
  }

  #input(name: string): HTMLInputElement {
    return need<HTMLInputElement>("input", this.#field(name));
  }

  #tell(name: string, holds: boolean): void {
    const field = this.#field(name);
    show(need("[data-error]", field), !holds);
    field.classList.toggle("utrecht-form-field--invalid", !holds);
    const control = field.querySelector<HTMLElement>("input:not([type=radio]), select");
    if (holds) control?.removeAttribute("aria-invalid");
    else control?.setAttribute("aria-invalid", "true");
  }
}

function tellApart(root: HTMLElement, mark: string): void {
  for (const element of all("[id]", root)) element.id += mark;
  for (const label of all<HTMLLabelElement>("label", root)) label.htmlFor += mark;
  for (const element of all("[aria-describedby]", root)) {
    const ids = (element.getAttribute("aria-describedby") ?? "").split(" ");
    element.setAttribute("aria-describedby", ids.map((id) => id + mark).join(" "));
  }
}

function addMonths(from: Date, months: number): Date {
  const last = new Date(from.getFullYear(), from.getMonth() + months + 1, 0).getDate();
  return new Date(from.getFullYear(), from.getMonth() + months, Math.min(from.getDate(), last));
}

/** The local day as a date field writes it. */
function day(moment: Date): string {
  const two = (number: number) => String(number).padStart(2, "0");
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}
