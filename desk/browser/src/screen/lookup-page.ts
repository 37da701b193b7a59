/** The lookup page: read the question, ask, paint. One screen, one answer. */
import { Refused, TimedOut } from "../errors.ts";
import { Asker } from "../asker.ts";
import type { Flag, Part, Subject } from "../lookup.ts";
import { TrackingRelay, Unfinished } from "../unfinished.ts";
import { paintAnswer, titleOf, type Who } from "./answer.ts";
import { BreakGlassFields } from "./break-glass.ts";
import type { Cover } from "./cover.ts";
import { all, need, show } from "./dom.ts";
import { InvolvedOffer } from "./involved/offer.ts";
import { keepChoices, keepDraftOnLeaving, restoreDraft } from "./draft.ts";
import { noteLoss } from "./entries.ts";
import { type FamilySheet, offerFamilySheet } from "./family-sheet.ts";
import { memory } from "./memory.ts";
import { People } from "./people.ts";
import { type Catalogue, type Fields, QuestionFields } from "./question.ts";
import { useClosedDays } from "./reach.ts";
import { drawReference } from "./reference.ts";
import { paintRefusal, stateOf } from "./refusal.ts";
import { Result } from "./result.ts";
import { Safety } from "./safety.ts";
import { csrfToken, liveWith, startShell } from "./shell.ts";
import { text } from "./texts.ts";
import { offerTogether } from "./together.ts";
import { EstimateKeeper, readMarks } from "./estimate-keeper.ts";
import { EstimateKeys } from "./estimate-keys.ts";
import { OpenedEstimates } from "./opened-estimates.ts";
import type { Estimated } from "./sealed-estimates.ts";
import { WaitedEstimates } from "./waited-estimates.ts";
import { WaitingStore } from "./waiting-store.ts";
import { GIVE_UP_AFTER, Waiting } from "./waiting.ts";
import { offerWhose, showWhose, type Whose } from "./whose.ts";

/** Of whom nothing was said yet, or that nobody answered. */
const TO_CALL = "[data-outcome-of]:not(:has([aria-pressed=true]:not([data-outcome=not-reachable])))";

class LookupPage {
  #waiting: Waiting | null = null; // first: the key config is fetched before the rest is made
  readonly #headers: Record<string, string> = { "X-CSRF-Token": csrfToken() };
  readonly #relay = new TrackingRelay(new Unfinished(localStorage), "/relay/v1", this.#headers, (path, init) =>
    this.#fetch(path, init),
  );
  readonly #asker = new Asker(this.#relay, memory);
  readonly #involved = new InvolvedOffer(this.#relay, memory);
  readonly #form = need("#question");
  readonly #place = need("#answer");
  readonly #button = need<HTMLButtonElement>("#look-up");
  readonly #status = need("#status");
  readonly #safety: Safety;
  /** Not where safety comes first: nothing is estimated there. */
  readonly #waited: WaitedEstimates | null;
  /** What the people of the answer are called, in order; none where it is one. */
  #names: readonly string[] = [];
  /** The case of the answer: estimates wait for it, and are offered in it alone. */
  #case: string | null = null;
  /** The sheet of the answer, on which stands who coordinates since. */
  #sheet: FamilySheet | null = null;
  /** The session is over: what was estimated waits on a lock. */
  #isOver = false;
  /** What was estimated goes with the page, as far as was seen when it was left. */
  #loses = false;
  readonly #result: Result;
  readonly #fields: Fields;
  readonly #people: People;
  readonly #whose: Whose | null;
  readonly #labels: ReadonlyMap<string, string>;

  constructor(catalogue: Catalogue, cover: Cover) {
    useClosedDays(catalogue.closedDays);
    const casePattern = this.#form.dataset["casePattern"];
    this.#safety = new Safety(casePattern === undefined);
    const people = new People(need("#people"), need("#add-person"), () => void this.#ask());
    this.#people = people;
    this.#fields =
      casePattern === undefined
        ? new BreakGlassFields(catalogue)
        : new QuestionFields(catalogue, casePattern, (purpose) => {
            people.offer(purpose);
            this.#safety.turn(purpose.aboutSafety);
          });
    this.#whose = offerWhose(need("#people"), people, this.#headers);
    this.#labels = new Map(catalogue.lifeDomains.map((domain) => [domain.code, domain.label]));
    this.#button.addEventListener("click", () => void this.#ask());
    liveWith({ worked: () => undefined, ended: async () => keepChoices(this.#form) });
    this.#waited = casePattern === undefined ? null : this.#keepEstimates();
    this.#result = new Result(cover, this.#safety, {
      ask: (forget) => this.#offerQuestion(forget),
      leave: () => this.#forgetNumbers(),
      done: () => this.#forgetAnswer(),
    });
    addEventListener("beforeunload", (event) => this.#warn(event));
    addEventListener("pagehide", (event) => !event.persisted && this.#loses && noteLoss());
    keepDraftOnLeaving(this.#form);
    restoreDraft(this.#form);
    void this.#relay.tellUnfinished();
    void this.#waited?.greet();
  }

  #keepEstimates(): WaitedEstimates {
    const [keys, store] = [new EstimateKeys(this.#headers), new WaitingStore(localStorage)];
    const keeper = new EstimateKeeper(keys, store, () => this.#readEstimates());
    liveWith({ worked: () => void keeper.renew(), ended: () => this.#end(keeper) });
    return new WaitedEstimates(new OpenedEstimates(keys, store), this.#labels);
  }

  /** Ask before estimates go with the page; nobody is kept on it whose session is over. */
  #warn(event: BeforeUnloadEvent): void {
    this.#loses = !this.#isOver && readMarks(this.#result.places, []).length > 0;
    if (this.#loses) event.preventDefault();
  }

  #end(keeper: EstimateKeeper): Promise<void> {
    this.#isOver = true;
    keepChoices(this.#form);
    return keeper.seal();
  }

  /** What stands in the answer, in the page or locked away; null where nothing does. */
  #readEstimates(): Estimated | null {
    const people = readMarks(this.#result.places, this.#names);
    return this.#case === null || people.length === 0 ? null : { caseReference: this.#case, people };
  }

  async #ask(): Promise<void> {
    if (this.#button.disabled) return;
    const household = this.#people.read();
    const question = this.#fields.read(); // last, so that the first field in order gets focus
    if (question === null || household === null || this.#whose?.isSeen() === false) return;
    const whose = this.#whose?.read() ?? [];
    this.#noteCalls();
    this.#result.forget();
    this.#busy(true);
    const reference = (this.#headers["X-Reference"] = drawReference());
    const asked = this.#fields.describe(question);
    const { categories, beyond } = this.#fields.purposeOf(question);
    try {
      const answer = await this.#asker.ask(question, household.people, () => this.#forgetNumbers());
      paintAnswer(this.#place, answer, {
        labels: this.#labels,
        categories,
        beyond,
        relay: this.#relay,
        names: household.names,
        isUrgent: this.#safety.isOn,
        ...(this.#safety.isOn ? {} : { beside: this.#beside(question.caseReference, household.people) }),
      });
      this.#names = household.people.length > 1 ? household.names : [];
      this.#case = question.caseReference;
      if (!this.#safety.isOn) {
        this.#sheet = offerFamilySheet(answer.parts, this.#names, categories, this.#relay);
        this.#place.append(this.#sheet.fragment);
      }
      void this.#waited?.offer(this.#place, this.#case, this.#names);
      showWhose(this.#place, whose);
      this.#result.showAnswer(titleOf(answer), asked);
    } catch (error) {
      this.#forgetNumbers();
      const told = this.#waiting?.isOver ? new TimedOut() : error;
      paintRefusal(this.#place, told, reference);
      this.#result.showRefusal(asked, stateOf(told));
      if (!(told instanceof Refused)) console.error((told as Error).name);
    }
    this.#busy(false);
  }

  /** What stands beside each person's answer: made together, and "Ik ben betrokken". */
  #beside(caseReference: string | null, people: readonly Subject[]): (part: Part, who: Who) => DocumentFragment {
    const together = offerTogether(this.#labels);
    return (part, who) => {
      const beside = together(part, who);
      const informed = people[Math.max(who.number, 1) - 1]?.informed ?? null;
      const lead = (flag: Flag | null) => this.#sheet?.lead(part.entryId, flag);
      beside.append(this.#involved.offer(part, { caseReference, informed, lead }));
      return beside;
    };
  }

  #fetch(path: string, init: RequestInit): Promise<Response> {
    const signal = this.#waiting?.signal ?? AbortSignal.timeout(GIVE_UP_AFTER);
    return fetch(path, { ...init, signal });
  }

  #busy(busy: boolean): void {
    this.#button.disabled = busy;
    this.#button.classList.toggle("utrecht-button--busy", busy);
    this.#form.setAttribute("aria-busy", String(busy));
    this.#status.textContent = busy ? text("busy") : "";
    this.#waiting?.stop();
    this.#waiting = busy ? new Waiting(() => (this.#status.textContent = text("busy-slow"))) : null;
  }

  /** `forget`: the next question is about somebody else. */
  #offerQuestion(forget: boolean): void {
    this.#forgetNumbers();
    this.#people.focus();
    if (forget) this.#fields.forgetCitizen();
  }

  /** "Opnieuw zoeken": whatever belonged to the answer goes, also what still waited. */
  #forgetAnswer(): void {
    this.#noteCalls();
    [this.#names, this.#case] = [[], null];
    void this.#waited?.drop();
  }

  /** Whoever is still to be called of an answer that goes is counted above the next. */
  #noteCalls(): void {
    const count = document.querySelector("#open-calls [data-count]");
    if (count === null) return;
    const open = this.#result.places.flatMap((place) => all(TO_CALL, place)).length + Number(count.textContent);
    count.textContent = String(open);
    show(need("#open-calls"), open > 0);
  }

  #forgetNumbers(): void {
    this.#people.clear();
    this.#whose?.clear();
  }
}

const cover = startShell();
if (cover !== null && document.querySelector("#look-up") !== null) {
  new LookupPage(JSON.parse(need("#catalogue").textContent ?? "{}") as Catalogue, cover);
}
