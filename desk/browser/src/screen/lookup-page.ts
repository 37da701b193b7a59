/** The lookup page: read the question, ask, paint. One screen, one answer. */
import { Refused } from "../errors.ts";
import type { KeyConfig } from "../key-config.ts";
import { Asker } from "../asker.ts";
import type { Memory, Question } from "../lookup.ts";
import { Relay } from "../relay.ts";
import { paintAnswer } from "./answer.ts";
import { focusOn, need, show } from "./dom.ts";
import { People } from "./people.ts";
import { type Catalogue, QuestionFields } from "./question.ts";
import { paintRefusal } from "./refusal.ts";
import { csrfToken, startShell } from "./shell.ts";
import { text } from "./texts.ts";

const STORED = "signal-desk.key-config";

const memory: Memory = {
  read: () => {
    const stored = localStorage.getItem(STORED);
    return stored === null ? null : (JSON.parse(stored) as KeyConfig);
  },
  write: (config) => localStorage.setItem(STORED, JSON.stringify(config)),
};

class LookupPage {
  readonly #relay = new Relay("/relay", { "X-CSRF-Token": csrfToken() });
  readonly #asker = new Asker(this.#relay, memory);
  readonly #form = need("#question");
  readonly #result = need("#result");
  readonly #place = need("#answer");
  readonly #button = need<HTMLButtonElement>("#look-up");
  readonly #status = need("#status");
  readonly #fields: QuestionFields;
  readonly #people: People;
  readonly #labels: ReadonlyMap<string, string>;

  constructor(catalogue: Catalogue) {
    this.#fields = new QuestionFields(catalogue, this.#form.dataset["casePattern"] ?? "");
    this.#people = new People(need("#people"), need("#add-person"), () => void this.#ask());
    this.#labels = new Map(catalogue.lifeDomains.map((domain) => [domain.code, domain.label]));
    this.#button.addEventListener("click", () => void this.#ask());
    need("#again").addEventListener("click", () => this.#reset());
    addEventListener("pagehide", () => this.#wipe());
    if (isBack()) show(need("#expired"), true);
    addEventListener("pageshow", (event) => {
      if (event.persisted) show(need("#expired"), true);
    });
  }

  async #ask(): Promise<void> {
    if (this.#button.disabled) return;
    show(need("#expired"), false);
    const people = this.#people.read();
    const question = this.#fields.read(); // last, so that the first field in order gets focus
    if (question === null || people === null) return;
    this.#busy(true);
    try {
      const answer = await this.#asker.ask(question, people, () => this.#people.clear());
      paintAnswer(this.#place, answer, {
        labels: this.#labels,
        categories: this.#fields.categories(question),
        relay: this.#relay,
      });
      need("#result-title").textContent = text("answered-title");
    } catch (error) {
      this.#people.clear();
      paintRefusal(this.#place, error);
      need("#result-title").textContent = text("unanswered-title");
      if (!(error instanceof Refused)) console.error((error as Error).name);
    }
    this.#busy(false);
    this.#showResult(question);
  }

  #busy(busy: boolean): void {
    this.#button.disabled = busy;
    this.#button.classList.toggle("utrecht-button--busy", busy);
    this.#form.setAttribute("aria-busy", String(busy));
    this.#status.textContent = busy ? text("busy") : "";
  }

  #showResult(question: Question): void {
    need("#asked").textContent = this.#fields.describe(question);
    show(this.#form, false);
    show(this.#result, true);
    focusOn(need("#result-title"));
  }

  #reset(): void {
    this.#wipe();
    show(this.#result, false);
    show(this.#form, true);
    this.#people.focus();
  }

  #wipe(): void {
    this.#place.replaceChildren();
    this.#people.clear();
  }
}

function isBack(): boolean {
  const [navigation] = performance.getEntriesByType("navigation");
  return (navigation as PerformanceNavigationTiming | undefined)?.type === "back_forward";
}

startShell();
if (document.querySelector("#look-up") !== null) {
  new LookupPage(JSON.parse(need("#catalogue").textContent ?? "{}") as Catalogue);
}
