/**
 * What is said of somebody in a signal by hand: which kind, for whom to call, what the
 * citizen knows and since when, until when. That the citizen knows is never a default.
 */
import { all, fill, fromTemplate, need, show } from "../dom.ts";
import { hereAndNow, writeDay } from "../moments.ts";
import { text } from "../texts.ts";
import type { Given } from "../../signaller.ts";
import { type Choice, type HandOptions, nameContact, type Place, usualEnd } from "./options.ts";

/** What the page around the form knows already. */
export interface Known {
  readonly category?: string | undefined;
  readonly caseReference?: string | undefined;
  readonly casePattern: string;
  readonly caseExample?: string | undefined;
}

/** Days that are behind us: none has a default, for only the user knows them. */
const PAST = ["since", "informed-on"] as const;
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
    const until = this.#input("until");
    const checks: [string, string][] = [
      ["category", place === null ? "involved-missing-kind" : ""],
      ["case", this.#judgeCase(caseReference)],
      ["contact", contact === "" ? "involved-missing-contact" : ""],
      ["since", this.#judgePast("since")],
      ["informed", informed === "" ? "involved-missing-informed" : ""],
      ["informed-on", this.#judgePast("informed-on")],
      ["until", until.value === "" || !until.validity.valid ? "involved-missing-until" : ""],
    ];
    for (const [field, wrong] of checks) this.#tell(field, wrong);
    const wrong = checks.find(([, fault]) => fault !== "");
    if (wrong !== undefined || place === null) {
      need<HTMLElement>("input, select", this.#field(wrong?.[0] ?? "category")).focus();
      return null;
    }
    return {
      category: place.category,
      municipality: place.municipality,
      contactHolder: contact,
      informed: { code: informed, on: this.#input("informed-on").value },
      since: this.#input("since").value,
      validUntil: until.value,
      caseReference,
      anotherPerson: need<HTMLInputElement>("[data-another] input", this.#root).checked,
      entryId: null,
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
    if (wasSaid) this.#tell("informed", "involved-missing-informed");
  }

  /** Empty everything: what was said of one person is never a default for the next. */
  clear(): void {
    for (const input of all<HTMLInputElement>("input", this.#root)) {
      if (input.type === "radio" || input.type === "checkbox") input.checked = false;
      else input.value = "";
    }
    for (const field of all("[data-field]", this.#root)) this.#tell(field.dataset["field"] ?? "", "");
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
      select.append(new Option(nameContact(one), one.id));
    }
  }

  /** Offer what the kind that was chosen asks for. */
  #adapt(): void {
    const place = this.#place();
    for (const field of ["since", "informed", "informed-on", "until"]) show(this.#field(field), place !== null);
    if (place === null) return;
    this.#paintChoices("informed", place.informed);
    const now = new Date();
    const today = hereAndNow(now).day;
    const until = this.#input("until");
    until.min = today;
    until.max = place.latestEnd;
    until.value = usualEnd(place, now);
    for (const past of PAST) this.#input(past).max = today;
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

  #judgeCase(number: string): string {
    if (number === "") return "involved-missing-case";
    return new RegExp(`^(?:${this.#known.casePattern})$`).test(number) ? "" : "involved-wrong-case";
  }

  /** What is wrong with a day that must lie behind us; empty for nothing. */
  #judgePast(field: (typeof PAST)[number]): string {
    const { value, validity } = this.#input(field);
    if (validity.rangeOverflow) return "involved-future";
    return value !== "" && validity.valid ? "" : `involved-missing-${field}`;
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

  /** Mark a field with the text of what is wrong with it, or with an empty one take the mark away. */
  #tell(name: string, wrong: string): void {
    const field = this.#field(name);
    const error = need("[data-error]", field);
    error.textContent = wrong === "" ? "" : text(wrong, { example: this.#known.caseExample ?? "" });
    show(error, wrong !== "");
    field.classList.toggle("utrecht-form-field--invalid", wrong !== "");
    const control = field.querySelector<HTMLElement>("input:not([type=radio]), select");
    if (wrong === "") control?.removeAttribute("aria-invalid");
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
