/** The lookup page: read the question, ask, paint. One screen, one answer. */
import { Refused, TimedOut } from "../errors.ts";
import { Asker } from "../asker.ts";
import type { Question } from "../lookup.ts";
import { TrackingRelay, Unfinished } from "../unfinished.ts";
import { paintAnswer, titleOf } from "./answer.ts";
import { BreakGlassFields } from "./break-glass.ts";
import { all, focusOn, need, show } from "./dom.ts";
import { keepDraftOnLeaving, restoreDraft } from "./draft.ts";
import { memory } from "./memory.ts";
import { clearPaper } from "./paper.ts";
import { People } from "./people.ts";
import { type Catalogue, type Fields, QuestionFields } from "./question.ts";
import { useClosedDays } from "./reach.ts";
import { drawReference } from "./reference.ts";
import { isSessionGone, paintRefusal } from "./refusal.ts";
import { csrfToken, startShell } from "./shell.ts";
import { text } from "./texts.ts";
import { offerTogether } from "./together.ts";
import { GIVE_UP_AFTER, Waiting } from "./waiting.ts";
import { offerWhose, showWhose, type Whose } from "./whose.ts";

class LookupPage {
  #waiting: Waiting | null = null; // first: the key config is fetched before the rest is made
  readonly #headers: Record<string, string> = { "X-CSRF-Token": csrfToken() };
  readonly #relay = new TrackingRelay(new Unfinished(localStorage), "/relay/v1", this.#headers, (path, init) =>
    this.#fetch(path, init),
  );
  readonly #asker = new Asker(this.#relay, memory);
  readonly #form = need("#question");
  readonly #result = need("#result");
  readonly #place = need("#answer");
  readonly #button = need<HTMLButtonElement>("#look-up");
  readonly #status = need("#status");
  readonly #fields: Fields;
  readonly #people: People;
  readonly #whose: Whose | null;
  readonly #labels: ReadonlyMap<string, string>;

  constructor(catalogue: Catalogue) {
    useClosedDays(catalogue.closedDays);
    const casePattern = this.#form.dataset["casePattern"];
    const people = new People(need("#people"), need("#add-person"), () => void this.#ask());
    this.#people = people;
    this.#fields =
      casePattern === undefined
        ? new BreakGlassFields(catalogue)
        : new QuestionFields(catalogue, casePattern, (purpose) => people.offer(purpose));
    this.#whose = offerWhose(need("#people"), people, this.#headers);
    this.#labels = new Map(catalogue.lifeDomains.map((domain) => [domain.code, domain.label]));
    this.#button.addEventListener("click", () => void this.#ask());
    need("#again").addEventListener("click", () => this.#reset());
    addEventListener("pagehide", () => this.#wipe());
    keepDraftOnLeaving(this.#form);
    restoreDraft(this.#form);
    if (isBack()) show(need("#expired"), true);
    void this.#relay.tellUnfinished();
    addEventListener("pageshow", (event) => {
      if (!event.persisted) return;
      this.#reset();
      show(need("#expired"), true);
    });
  }

  async #ask(): Promise<void> {
    if (this.#button.disabled) return;
    show(need("#expired"), false);
    const household = this.#people.read();
    const question = this.#fields.read(); // last, so that the first field in order gets focus
    if (question === null || household === null || this.#whose?.isSeen() === false) return;
    const whose = this.#whose?.read() ?? [];
    this.#busy(true);
    const reference = (this.#headers["X-Reference"] = drawReference());
    try {
      const answer = await this.#asker.ask(question, household.people, () => this.#forgetNumbers());
      paintAnswer(this.#place, answer, {
        labels: this.#labels,
        categories: this.#fields.categories(question),
        relay: this.#relay,
        names: household.names,
        beside: offerTogether(this.#labels, this.#relay),
      });
      showWhose(this.#place, whose);
      need("#result-title").textContent = titleOf(answer);
      this.#frame(true, false);
    } catch (error) {
      this.#forgetNumbers();
      const told = this.#waiting?.isOver ? new TimedOut() : error;
      paintRefusal(this.#place, told, reference);
      need("#result-title").textContent = text("unanswered-title");
      this.#frame(false, isSessionGone(told));
      if (!(told instanceof Refused)) console.error((told as Error).name);
    }
    this.#busy(false);
    this.#showResult(question);
  }

  #fetch(path: string, init: RequestInit): Promise<Response> {
    const signal = this.#waiting?.signal ?? AbortSignal.timeout(GIVE_UP_AFTER);
    return fetch(path, { ...init, signal });
  }

  /** Show what stands around an answer, or around the reason why there is none. */
  #frame(answered: boolean, loggedOut: boolean): void {
    for (const element of all("[data-when]", this.#result)) {
      const { when } = element.dataset;
      show(element, when === (answered ? "answered" : "unanswered") || (loggedOut && when === "logged-out"));
    }
    show(need("#again"), !loggedOut);
  }

  #busy(busy: boolean): void {
    this.#button.disabled = busy;
    this.#button.classList.toggle("utrecht-button--busy", busy);
    this.#form.setAttribute("aria-busy", String(busy));
    this.#status.textContent = busy ? text("busy") : "";
    this.#waiting?.stop();
    this.#waiting = busy ? new Waiting(() => (this.#status.textContent = text("busy-slow"))) : null;
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
    clearPaper();
    this.#forgetNumbers();
  }

  #forgetNumbers(): void {
    this.#people.clear();
    this.#whose?.clear();
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
