/**
 * What waited, on the screen: that it waits and for which case stands beside the question;
 * what it says is offered in an answer of that case alone, at the person whom the
 * generalist chooses. Nothing else can know whose it is.
 */
import { all, fill, fromTemplate, need, show } from "./dom.ts";
import { MARK } from "./estimate-keeper.ts";
import { writeTime } from "./moments.ts";
import type { Opened, OpenedEstimates } from "./opened-estimates.ts";
import type { Marks } from "./sealed-estimates.ts";
import { text } from "./texts.ts";
import { endOf } from "./waiting-store.ts";

export class WaitedEstimates {
  readonly #place = need("#estimates-waited");
  readonly #opened: OpenedEstimates;
  readonly #labels: ReadonlyMap<string, string>;

  constructor(opened: OpenedEstimates, labels: ReadonlyMap<string, string>) {
    this.#opened = opened;
    this.#labels = labels;
    need("[data-drop]", this.#place).addEventListener("click", () => void this.drop());
  }

  /** Say what waits, or that it is gone. */
  async greet(): Promise<void> {
    if (!(await this.#opened.open())) {
      need("#gone").textContent = text("estimates-gone");
      show(need("#expired"), true);
    }
    this.#tell();
  }

  /** Offer what waits for the case of this answer; `names` as the answer calls its people. */
  async offer(answer: HTMLElement, caseReference: string | null, names: readonly string[]): Promise<void> {
    const lists = all("[data-self-reliance]", answer);
    await this.#opened.open();
    const given = names.filter((name, place) => name !== text("person", { number: String(place + 1) }));
    for (const opened of this.#opened.waiting.filter(({ estimated }) => estimated.caseReference === caseReference)) {
      for (const person of opened.estimated.people) {
        const isNamed = given.includes(person.name);
        lists.filter((_, place) => !isNamed || names[place] === person.name).forEach((list) => {
          need("[data-estimates]", list).before(this.#offerOne(opened, person, list, answer));
        });
      }
    }
  }

  /** Throw away what waits. */
  async drop(): Promise<void> {
    await this.#opened.drop();
    this.#tell();
  }

  #tell(): void {
    const { waiting } = this.#opened;
    show(this.#place, waiting.length > 0);
    need("[data-list]", this.#place).replaceChildren(...waiting.map((each) => paintWaiting(each)));
  }

  #offerOne(opened: Opened, person: Marks, list: HTMLElement, answer: HTMLElement): DocumentFragment {
    const offer = fromTemplate("estimates-fill");
    const place = need("[data-fill]", offer);
    place.dataset["fill"] = `${opened.sealed.at} ${person.name}`;
    const said = Object.entries(person.marks).map(([code, mark]) => `${this.#labels.get(code) ?? code}: ${mark}`);
    fill(offer, { offer: text("estimates-fill", describe(opened, person.name)), marks: said.join(", ") });
    need("button", offer).addEventListener("click", () => {
      fillIn(list, person);
      for (const other of all("[data-fill]", answer)) if (other.dataset["fill"] === place.dataset["fill"]) other.remove();
      void this.#take(opened, person);
    });
    return offer;
  }

  async #take({ sealed }: Opened, person: Marks): Promise<void> {
    const now = this.#opened.waiting.find((each) => each.sealed.at === sealed.at && each.estimated.people.includes(person));
    if (now !== undefined) await this.#opened.take(now, person);
    this.#tell();
  }
}

function describe({ sealed, estimated }: Opened, name: string): Record<string, string> {
  return { time: writeTime(sealed.at * 1_000), case: estimated.caseReference, name: name === "" ? "" : `, ${name}` };
}

function paintWaiting(opened: Opened): DocumentFragment {
  const line = fromTemplate("estimates-waiting");
  const names = opened.estimated.people.map((each) => each.name).filter((name) => name !== "");
  const until = writeTime(endOf(opened.sealed));
  fill(line, { waiting: text("estimates-waiting", { ...describe(opened, names.join(", ")), until }) });
  return line;
}

function fillIn(list: HTMLElement, { marks }: Marks): void {
  for (const input of all<HTMLInputElement>("input[name^=estimate-]", list)) {
    if (marks[MARK.exec(input.name)?.[2] ?? ""] !== input.value) continue;
    input.checked = true;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }
}
