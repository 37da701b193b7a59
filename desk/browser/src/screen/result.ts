/**
 * What stands around an answer, or around the reason why there is none, as an entry of
 * the browser's history. Back takes the answer out of the page and locks it away in this
 * page's memory; forward brings it back behind the cover, which one key lifts. It is
 * never written down: a page that was loaded anew says that it is gone, and why.
 */
import type { Cover } from "./cover.ts";
import { focusOn, need, show } from "./dom.ts";
import { becomeQuestion, currentEntry, decideArrival, enter, nameLoss, takeLoss } from "./entries.ts";
import { clearSheet } from "./family-sheet.ts";
import type { Safety } from "./safety.ts";
import { endSession, isSessionAlive } from "./shell.ts";
import { text } from "./texts.ts";

/** What the page around it does when this turns. */
export interface Turning {
  /** The question is shown; `forget` what held for the citizen who was asked about. */
  ask(forget: boolean): void;
  /** The page is left: nothing that was typed may stay. */
  leave(): void;
  /** Somebody is done with this answer, and with what belongs to it. */
  done(): void;
}

export class Result {
  readonly #cover: Cover;
  readonly #safety: Safety;
  readonly #turning: Turning;
  readonly #form = need("#question");
  readonly #result = need("#result");
  readonly #place = need("#answer");
  /** What the page is called while it asks. */
  readonly #pageTitle = document.title;
  /** What back took out of the page; null when nothing is kept. */
  #locked: DocumentFragment | null = null;
  #isAnswered = false;
  /** Somebody pressed our own button to see it: no cover before it. */
  #isWanted = false;

  constructor(cover: Cover, safety: Safety, turning: Turning) {
    this.#cover = cover;
    this.#safety = safety;
    this.#turning = turning;
    need("#again").addEventListener("click", () => this.#again());
    need("#show-kept").addEventListener("click", () => this.#showKept());
    addEventListener("popstate", () => void this.#arrive());
    addEventListener("pagehide", (event) => (event.persisted ? this.#lock() : this.#wipe()));
    addEventListener("pageshow", (event) => event.persisted && void this.#comeBack());
    this.#load();
  }

  /** Where an answer is now: in the page, or locked away. */
  get places(): readonly ParentNode[] {
    return this.#locked === null ? [this.#place] : [this.#place, this.#locked];
  }

  showAnswer(title: string, asked: string): void {
    this.#enter("answer", title, asked);
  }

  /** `state`: which ways on there are, as in the style sheet. */
  showRefusal(asked: string, state: string): void {
    this.#enter("refused", text("unanswered-title"), asked);
    this.#result.dataset["state"] = state;
  }

  /** Let go of what was kept: another question is asked. */
  forget(): void {
    this.#locked = null;
    show(need("#kept"), false);
    show(need("#expired"), false);
  }

  #enter(entry: "answer" | "refused", title: string, asked: string): void {
    this.#isAnswered = entry === "answer";
    this.#result.dataset["state"] = entry; // what stands there with which: in the style sheet
    enter(entry);
    need("#result-title").textContent = title;
    need("#asked").textContent = asked;
    this.#turn(true);
  }

  #turn(answered: boolean): void {
    show(this.#form, !answered);
    show(this.#result, answered);
    document.title = answered ? `${need("#result-title").textContent} – ${this.#pageTitle}` : this.#pageTitle;
    // A link out of an answer leads to a tab of its own: the answer stays.
    need<HTMLBaseElement>("base").target = answered && this.#isAnswered ? "_blank" : "_self";
    this.#safety.moveTo(answered ? this.#result : need("#safety-place"));
    if (answered) this.#cover.whenLifted(() => focusOn(need("#result-title")));
  }

  /** Go back to the question: what was answered is done with, for good. */
  #again(): void {
    if (this.#isAnswered) this.#turning.done();
    this.#wipe();
    history.back();
  }

  #showKept(): void {
    this.#isWanted = true;
    history.forward();
  }

  async #arrive(): Promise<void> {
    const wanted = this.#isWanted;
    this.#isWanted = false;
    switch (decideArrival(currentEntry(), this.#locked !== null)) {
      case "show-result":
        if (!wanted) this.#cover.hide();
        if ((await isSessionAlive()) === false) void endSession();
        else this.#unlock();
        return;
      case "say-gone":
        this.#sayGone("gone-asked-again");
        return;
      default:
        this.#offerQuestion();
    }
  }

  #offerQuestion(): void {
    const hadResult = !this.#result.hidden;
    this.#lock();
    this.#turn(false);
    show(need("#kept"), this.#locked !== null);
    show(need("#expired"), false);
    if (hadResult) this.#turning.ask(this.#isAnswered);
    if (!need("#kept").hidden) need("#kept").scrollIntoView({ block: "nearest" }); // the focus may have led past it
  }

  /** The page comes back from the browser's own memory: only for who is still logged in. */
  async #comeBack(): Promise<void> {
    this.#cover.hide();
    if ((await isSessionAlive()) !== true) {
      this.#wipe();
      void endSession();
      return;
    }
    if (currentEntry() !== "question" && this.#locked !== null) this.#unlock();
  }

  #lock(): void {
    clearSheet();
    this.#turning.leave();
    if (this.#place.childElementCount === 0) return;
    if (this.#isAnswered) {
      this.#locked = document.createDocumentFragment();
      this.#locked.append(...this.#place.childNodes);
    }
    this.#place.replaceChildren();
  }

  #unlock(): void {
    if (this.#locked === null) return;
    this.#place.replaceChildren(this.#locked);
    this.#locked = null;
    show(need("#kept"), false);
    this.#turn(true);
  }

  #wipe(): void {
    clearSheet();
    this.#turning.leave();
    this.#locked = null;
    this.#place.replaceChildren();
    need("#asked").textContent = "";
  }

  #load(): void {
    const [entry, lost] = [currentEntry(), takeLoss()];
    becomeQuestion();
    if (entry !== "answer" && !lost) return;
    const [navigation] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
    const { wasDiscarded = false } = document as { wasDiscarded?: boolean };
    this.#sayGone(nameLoss(navigation?.type, wasDiscarded), lost);
  }

  #sayGone(why: string, lost = false): void {
    becomeQuestion();
    need("#gone").textContent = [why, ...(lost ? ["gone-estimates"] : [])].map((each) => text(each)).join(" ");
    show(need("#expired"), true);
  }
}
