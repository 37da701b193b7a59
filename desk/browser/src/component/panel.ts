/** The question and the answer inside one `<signal-flags>`, painted as the desk does. */
import { Asker } from "../asker.ts";
import { Misplaced, NotOpen, Refused, slugOf, TimedOut, Told } from "../errors.ts";
import { KnownConfig } from "../known.ts";
import type { Part, Question, Subject } from "../lookup.ts";
import { Relay } from "../relay.ts";
import { paintAnswer, titleOf, type Who } from "../screen/answer.ts";
import { fill, need, show } from "../screen/dom.ts";
import { InvolvedOffer } from "../screen/involved/offer.ts";
import { People } from "../screen/people.ts";
import { type Catalogue, offerBases, parseCatalogue, type Purpose } from "../screen/question.ts";
import { useClosedDays } from "../screen/reach.ts";
import { drawReference } from "../screen/reference.ts";
import { paintRefusal } from "../screen/refusal.ts";
import { type Hand, offerEstimates } from "../screen/self-reliance.ts";
import { text } from "../screen/texts.ts";
import { GIVE_UP_AFTER, Waiting } from "../screen/waiting.ts";
import type { GivenPerson, Wanted } from "./wanted.ts";

/** What the page around it hears by itself; never a number, a name or a flag. */
export type Happening = "ready" | "answered" | "refused";
export type Announce = (what: Happening, reason: string | null) => void;

const FORGET_AFTER = 15 * 60_000;

interface Offered {
  readonly catalogue: Catalogue;
  readonly purpose: Purpose;
}

export class Panel {
  readonly #root: HTMLElement;
  readonly #wanted: Wanted;
  readonly #announce: Announce;
  readonly #hand: Hand;
  /** A foreign page cannot send the first of these without leave (CORS). */
  readonly #headers: Record<string, string> = { "X-Signal-Flags": "1" };
  readonly #relay: Relay;
  readonly #asker: Asker;
  readonly #people: People;
  readonly #involved: InvolvedOffer | null;
  #offered: Offered | null = null;
  #waiting: Waiting | null = null;
  #forgetting: ReturnType<typeof setTimeout> | undefined;

  /** `hand` is called by nothing but the press that hands estimates over. */
  constructor(root: HTMLElement, wanted: Wanted, announce: Announce, hand: Hand) {
    this.#root = root;
    this.#wanted = wanted;
    this.#announce = announce;
    this.#hand = hand;
    this.#relay = new Relay(wanted.relay, this.#headers, (path, init) => this.#fetch(path, init));
    const memory = new KnownConfig(() => localStorage, `signal-flags.key-config:${wanted.relay}`);
    this.#asker = new Asker(this.#relay, memory);
    this.#involved = wanted.involved ? new InvolvedOffer(this.#relay, memory) : null;
    this.#people = new People(need("#people", root), need("#add-person", root), () => void this.#ask());
    need("#look-up", root).addEventListener("click", () => void this.#ask());
    need("#again", root).addEventListener("click", () => void this.#reset());
    for (const input of ["keydown", "pointerdown"]) root.addEventListener(input, () => this.#touch());
  }

  /** Ask the desk what this user may ask for this purpose, and offer that. */
  async start(): Promise<void> {
    try {
      const catalogue = parseCatalogue(await this.#relay.catalogue());
      useClosedDays(catalogue.closedDays);
      const purpose = catalogue.purposes.find((each) => each.id === this.#wanted.purpose);
      if (purpose === undefined) throw new NotOpen();
      if (purpose.needsCaseReference && !this.#wanted.caseReference) throw new Misplaced("case-reference");
      this.#offer({ catalogue, purpose: this.#narrow(purpose) });
      this.#announce("ready", null);
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** Fill the fields with whom the page around it knows, so that nobody types them again. */
  take(people: readonly GivenPerson[]): void {
    this.#people.clear();
    for (const { number, name } of people) this.#people.add(number, name ?? "");
  }

  /** Take everything away that says something about a person. */
  wipe(): void {
    clearTimeout(this.#forgetting);
    need("#answer", this.#root).replaceChildren();
    this.#people.clear();
  }

  /** As `wipe`, and say why it is gone. */
  expire(): void {
    this.wipe();
    this.#turn(false);
    show(need("#expired", this.#root), true);
  }

  #narrow(purpose: Purpose): Purpose {
    const asked = this.#wanted.legalBasis;
    if (asked === null) return purpose;
    const legalBases = purpose.legalBases.filter((basis) => basis.id === asked);
    if (legalBases.length === 0) throw new Misplaced("legal-basis");
    return { ...purpose, legalBases };
  }

  #offer(offered: Offered): void {
    this.#offered = offered;
    fill(need("#question", this.#root), { scope: offered.purpose.scope });
    offerBases(offered.purpose, this.#root);
    this.#people.offer(offered.purpose);
    show(need("#for-purpose", this.#root), true);
  }

  #question({ catalogue, purpose }: Offered): Question {
    return {
      municipality: catalogue.municipality,
      purpose: purpose.id,
      legalBasis: need<HTMLSelectElement>("#legal-basis", this.#root).value,
      caseReference: purpose.needsCaseReference ? this.#wanted.caseReference : null,
    };
  }

  async #ask(): Promise<void> {
    const offered = this.#offered;
    const button = need<HTMLButtonElement>("#look-up", this.#root);
    if (offered === null || button.disabled) return;
    show(need("#expired", this.#root), false);
    const household = this.#people.read();
    if (household === null) return;
    this.#busy(button, true);
    const reference = (this.#headers["X-Reference"] = drawReference());
    try {
      const answer = await this.#asker.ask(this.#question(offered), household.people, () => this.#people.clear());
      const { catalogue, purpose } = offered;
      const labels = new Map(catalogue.lifeDomains.map((domain) => [domain.code, domain.label]));
      paintAnswer(need("#answer", this.#root), answer, {
        labels,
        categories: purpose.categories,
        beyond: purpose.beyond,
        relay: this.#relay,
        names: household.names,
        isUrgent: purpose.aboutSafety,
        ...(!purpose.aboutSafety && { beside: (part, who) => this.#beside(part, who, labels, household.people) }),
      });
      this.#showResult(titleOf(answer));
      this.#announce("answered", null);
    } catch (error) {
      this.#people.clear();
      this.#refuse(this.#waiting?.isOver ? new TimedOut() : error, reference);
    }
    this.#busy(button, false);
  }

  #beside(part: Part, who: Who, labels: ReadonlyMap<string, string>, people: readonly Subject[]): DocumentFragment {
    const beside = document.createDocumentFragment();
    if (this.#wanted.estimates) beside.append(offerEstimates(part, labels, who, this.#hand));
    const informed = people[Math.max(who.number, 1) - 1]?.informed ?? null;
    if (this.#involved !== null) beside.append(this.#involved.offer(part, { caseReference: this.#wanted.caseReference, informed }));
    return beside;
  }

  #fetch(path: string, init: RequestInit): Promise<Response> {
    const signal = this.#waiting?.signal ?? AbortSignal.timeout(GIVE_UP_AFTER);
    return fetch(path, { ...init, signal });
  }

  #refuse(error: unknown, reference: string | null = null): void {
    paintRefusal(need("#answer", this.#root), error, reference);
    this.#showResult(text("unanswered-title"));
    this.#announce("refused", reasonOf(error));
  }

  #showResult(title: string): void {
    const heading = need("#result-title", this.#root);
    heading.textContent = title;
    const wasHere = this.#offered !== null; // no stealing of focus while the page loads
    this.#turn(true);
    if (wasHere) heading.focus();
    this.#touch();
  }

  #turn(answered: boolean): void {
    show(need("#question", this.#root), !answered);
    show(need("#result", this.#root), answered);
  }

  async #reset(): Promise<void> {
    this.wipe();
    this.#turn(false);
    if (this.#offered === null) await this.start();
    else this.#people.focus();
  }

  /** An answer goes when nobody has touched it for a quarter of an hour. */
  #touch(): void {
    clearTimeout(this.#forgetting);
    if (need("#result", this.#root).hidden) return;
    this.#forgetting = setTimeout(() => this.expire(), FORGET_AFTER);
  }

  #busy(button: HTMLButtonElement, busy: boolean): void {
    button.disabled = busy;
    button.classList.toggle("utrecht-button--busy", busy);
    need("#question", this.#root).setAttribute("aria-busy", String(busy));
    const status = need("#status", this.#root);
    status.textContent = busy ? text("busy") : "";
    this.#waiting?.stop();
    this.#waiting = busy ? new Waiting(() => (status.textContent = text("busy-slow"))) : null;
  }
}

/** Name what went wrong for the page around it; never with what was asked. */
export function reasonOf(error: unknown): string {
  if (error instanceof Told) return slugOf(error.problem);
  return error instanceof Refused ? error.text : "unexpected";
}
