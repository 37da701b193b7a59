/**
 * After a lookup, one press: "Ik ben hier casusregisseur", and another takes it back. The
 * pseudonym and the case number of the lookup are used, so that nobody types them again;
 * they live in this page's memory alone and are gone with the answer.
 *
 * That the citizen knows is said by the press itself, in the words beside the button: it
 * is offered only where the lookup was discussed, never where it was not.
 */
import { Refused } from "../../errors.ts";
import { type Flag, type Memory, namedIn, type Part } from "../../lookup.ts";
import { isProblem, type Relay } from "../../relay.ts";
import { type Given, Signaller } from "../../signaller.ts";
import { all, fill, fromTemplate, hasTemplate, need, show } from "../dom.ts";
import { hereAndNow, writeDay } from "../moments.ts";
import { paintRefusal } from "../refusal.ts";
import { text } from "../texts.ts";
import { type Choice, type Contact, type HandOptions, nameContact, type Place, usualEnd } from "./options.ts";

const COORDINATES = "casusregie";

/** What of the lookup is used again. */
export interface OfLookup {
  readonly caseReference: string | null;
  /** How this person knows of the lookup; null where it was not asked. */
  readonly informed: string | null;
  /** Hears of the flag that a press gives, where it coordinates; of none once it is taken back. */
  readonly lead?: (flag: Flag | null) => void;
}

/** What a page offers below an answer to who may signal by hand; nothing to others. */
export class InvolvedOffer {
  readonly #relay: Relay;
  readonly #memory: Memory;
  readonly #options: Promise<HandOptions | null>;

  constructor(relay: Relay, memory: Memory) {
    this.#relay = relay;
    this.#memory = memory;
    const asked = hasTemplate("involve") ? relay.handSignalOptions() : Promise.resolve(null);
    this.#options = asked.then((found) => found as HandOptions | null).catch(() => null);
  }

  /** Give the offer for one person; it shows itself once it is known what may be given. */
  offer(part: Part, lookup: OfLookup): DocumentFragment {
    const named = namedIn(part);
    const { caseReference, lead } = lookup;
    if (named === undefined || caseReference === null || !hasTemplate("involve")) return document.createDocumentFragment();
    const fragment = fromTemplate("involve");
    const section = need("[data-involve]", fragment);
    void this.#options.then((options) => {
      const ready = options === null ? null : findReady(options, part, lookup.informed);
      if (options === null || ready === null) return;
      const signaller = new Signaller(this.#relay, this.#memory);
      signaller.take(named);
      new Offer(section, ready, options, { caseReference, signaller, lead, part });
      show(section, true);
    });
    return fragment;
  }
}

/** What one press gives: a kind, and how the citizen knows. */
export interface Ready {
  readonly place: Place;
  readonly informed: Choice;
}

/**
 * Find what one press may give; null where there is nothing to say at once: no contact
 * person, several kinds, a citizen who does not know, one's own flag stands already, or
 * it was not asked whether somebody coordinates.
 */
export function findReady({ places, contacts }: HandOptions, part: Part, informed: string | null): Ready | null {
  const place = places.find((each) => each.category === COORDINATES) ?? (places.length === 1 ? places[0] : undefined);
  if (place === undefined || contacts.length === 0) return null;
  if (place.category === COORDINATES && !part.asked.includes(COORDINATES)) return null;
  const own = part.sources.filter((source) => source.own === true).map((source) => source.organisation);
  if (part.flags.some((flag) => flag.category === place.category && own.includes(flag.organisation))) return null;
  const known = place.informed.find((each) => each.code === (informed ?? place.informed[0]?.code));
  return known === undefined ? null : { place, informed: known };
}

/** Where it comes from. */
interface Source {
  readonly lead: OfLookup["lead"] | undefined;
  readonly caseReference: string;
  readonly signaller: Signaller;
  readonly part: Part;
}

class Offer {
  readonly #section: HTMLElement;
  readonly #ready: Ready;
  readonly #contacts: readonly Contact[];
  readonly #given: Source;
  readonly #until: string;
  readonly #contact: HTMLSelectElement;
  readonly #told: HTMLElement;
  readonly #said: HTMLElement;
  /** It was said that this is somebody else under the same case number. */
  #isAnother = false;

  constructor(section: HTMLElement, ready: Ready, options: HandOptions, given: Source) {
    this.#section = section;
    this.#ready = ready;
    this.#contacts = options.contacts;
    this.#given = given;
    this.#until = usualEnd(ready.place, new Date());
    this.#contact = need<HTMLSelectElement>("select", section);
    this.#told = need("[data-told]", section);
    this.#said = need("[data-said]", section);
    const [only] = options.contacts;
    for (const one of options.contacts) this.#contact.append(new Option(nameContact(one), one.id));
    if (options.contacts.length === 1 && only !== undefined) this.#contact.value = only.id;
    show(need("[data-contact]", section), options.contacts.length > 1);
    const coordinates = ready.place.category === COORDINATES;
    fill(section, {
      press: text(coordinates ? "involve-coordinates" : "involve-also"),
      means: text("involve-means", { informed: ready.informed.label.toLowerCase(), day: writeDay(this.#until) }),
    });
    this.#on("[data-press]", () => this.#give());
    this.#on("[data-another]", () => this.#give(true));
    this.#on("[data-keep]", () => this.#give(false, true));
    this.#on("[data-undo]", () => this.#takeBack());
  }

  #on(button: string, act: () => Promise<void>): void {
    need(button, this.#section).addEventListener("click", () => void act());
  }

  async #give(anotherPerson = false, keepsBoth = false): Promise<void> {
    this.#isAnother ||= anotherPerson;
    const isChosen = this.#contact.value !== "";
    show(need("[data-contact-error]", this.#section), !isChosen);
    if (!isChosen) return this.#contact.focus();
    const { place, informed } = this.#ready;
    const given: Given = {
      category: place.category,
      municipality: place.municipality,
      contactHolder: this.#contact.value,
      informed: { code: informed.code, on: hereAndNow(new Date()).day },
      since: null,
      validUntil: this.#until,
      caseReference: this.#given.caseReference,
      anotherPerson: this.#isAnother,
      entryId: this.#given.part.entryId,
    };
    if (await this.#try(() => this.#given.signaller.give(given, keepsBoth))) this.#turn(true, text("involve-done"));
  }

  async #takeBack(): Promise<void> {
    if (await this.#try(() => this.#given.signaller.takeBack())) this.#turn(false, text("involve-undone"));
  }

  #turn(isGiven: boolean, said: string): void {
    show(need("[data-give]", this.#section), !isGiven);
    const undo = need("[data-undo]", this.#section);
    show(undo, isGiven);
    this.#said.textContent = said;
    this.#tellAnswer(isGiven);
    (isGiven ? undo : need("[data-press]", this.#section)).focus();
  }

  /** The answer beside it says at once who coordinates now, and so does the family sheet. */
  #tellAnswer(isGiven: boolean): void {
    if (this.#ready.place.category !== COORDINATES) return;
    this.#given.lead?.(isGiven ? this.#writeFlag() : null);
    const part = this.#section.closest("[data-part]");
    for (const line of part === null ? [] : all('[data-slot="coordinator"], [data-slot="rowLead"]', part)) {
      if (isGiven) line.dataset["before"] = line.textContent ?? "";
      line.textContent = isGiven ? text("coordinator-you") : (line.dataset["before"] ?? "");
    }
  }

  /** What the next answer will show of it. */
  #writeFlag(): Flag | null {
    const contact = this.#contacts.find((each) => each.id === this.#contact.value);
    const organisation = this.#given.part.sources.find((source) => source.own)?.organisation ?? "";
    const today = hereAndNow(new Date()).day;
    return contact === undefined ? null : {
      category: COORDINATES, categoryLabel: "", lifeDomains: [], organisation, since: today, expires: this.#until,
      contactHolder: { ...contact, lastVerified: today, stale: false },
    };
  }

  /** Carry out one act; what was refused is told, and can be tried again. */
  async #try(act: () => Promise<unknown>): Promise<boolean> {
    const buttons = all<HTMLButtonElement>("button", this.#section);
    for (const button of buttons) button.disabled = true;
    this.#told.replaceChildren();
    this.#said.textContent = text("involved-busy");
    const choices = { "[data-another]": "case-reference-in-use", "[data-keep]": "given-already" };
    const choose = (error?: unknown) => {
      for (const [choice, slug] of Object.entries(choices)) show(need(choice, this.#section), isProblem(error, slug));
    };
    choose();
    try {
      await act();
      return true;
    } catch (error) {
      this.#said.textContent = "";
      paintRefusal(this.#told, error);
      choose(error);
      if (!(error instanceof Refused)) console.error((error as Error).name);
      return false;
    } finally {
      for (const button of buttons) button.disabled = false;
    }
  }
}
