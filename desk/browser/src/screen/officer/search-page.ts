/**
 * The officer's search page: searching by a citizen's number, which never leaves this
 * browser. The rest of the page is plain forms.
 */
import { asObject } from "../../bytes.ts";
import { Malformed, Refused } from "../../errors.ts";
import { PersonAsker } from "../../person-asker.ts";
import { Relay } from "../../relay.ts";
import { need, show } from "../dom.ts";
import { memory } from "../memory.ts";
import { drawReference } from "../reference.ts";
import { paintRefusal } from "../refusal.ts";
import { csrfToken, startShell } from "../shell.ts";
import { text } from "../texts.ts";
import { PersonField } from "./person-field.ts";

class CitizenSearch {
  readonly #headers: Record<string, string> = { "X-CSRF-Token": csrfToken() };
  readonly #relay = new Relay("/relay/v1", this.#headers);
  readonly #asker = new PersonAsker(this.#relay, memory);
  readonly #why = need<HTMLSelectElement>("#citizen-why");
  readonly #whyError = need("#citizen-why-error");
  readonly #first = need<HTMLInputElement>("#citizen-first");
  readonly #last = need<HTMLInputElement>("#citizen-last");
  readonly #button = need<HTMLButtonElement>("#search-citizen");
  readonly #status = need("#citizen-status");
  readonly #place = need("#citizen-found");
  readonly #person = new PersonField(need("#person"), () => void this.#search());

  constructor() {
    this.#button.addEventListener("click", () => void this.#search());
    this.#why.addEventListener("change", () => this.#why.value !== "" && this.#tellWhy(false));
    addEventListener("pagehide", () => this.#place.replaceChildren());
  }

  async #search(): Promise<void> {
    if (this.#button.disabled || !this.#isFilledIn()) return;
    const bsn = this.#person.read();
    if (bsn === null) return;
    this.#busy(true);
    const reference = (this.#headers["X-Reference"] = drawReference());
    try {
      const citizen = await this.#asker.name(bsn, () => this.#person.clear());
      const asked = { why: this.#why.value, first: this.#first.value, last: this.#last.value, citizen };
      paintFound(this.#place, await this.#relay.act("/officer-search", asked));
    } catch (error) {
      this.#person.clear();
      paintRefusal(this.#place, error, reference);
      if (!(error instanceof Refused)) console.error((error as Error).name);
    }
    this.#busy(false);
    show(this.#place, true);
    this.#place.scrollIntoView();
    focusOnTitle(this.#place);
  }

  #isFilledIn(): boolean {
    this.#tellWhy(this.#why.value === "");
    if (this.#why.value === "") {
      this.#why.focus();
      return false;
    }
    return this.#first.reportValidity() && this.#last.reportValidity();
  }

  #tellWhy(isMissing: boolean): void {
    show(this.#whyError, isMissing);
    if (isMissing) {
      this.#why.setAttribute("aria-invalid", "true");
      this.#why.setAttribute("aria-describedby", "citizen-why-error");
    } else {
      this.#why.removeAttribute("aria-invalid");
    }
  }

  #busy(isBusy: boolean): void {
    this.#button.disabled = isBusy;
    this.#status.textContent = isBusy ? text("officer-searching") : "";
  }
}

/** Show the list that the desk made; it is a piece of our own page, without scripts. */
function paintFound(place: HTMLElement, answer: unknown): void {
  const { html } = asObject(answer);
  if (typeof html !== "string") throw new Malformed();
  const parsed = new DOMParser().parseFromString(html, "text/html");
  place.replaceChildren(...parsed.body.childNodes);
}

function focusOnTitle(place: HTMLElement): void {
  const title = place.querySelector<HTMLElement>("h2");
  if (title === null) return;
  title.tabIndex = -1;
  title.focus({ preventScroll: true });
}

startShell();
new CitizenSearch();
