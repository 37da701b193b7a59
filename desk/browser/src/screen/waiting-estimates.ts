/**
 * Keep estimates through the end of a session. While there are any, the page holds a key
 * that the desk gave at the last sign of work. When the session ends by itself they are
 * sealed, the key is forgotten, and what is sealed waits in this tab; the page itself is
 * left. Whoever logs in next in this tab has it opened, or erased.
 */
import { all, fill, fromTemplate, need, show } from "./dom.ts";
import { type Marks, openMarks, parseKey, parseSealed, sealMarks, type SealKey, STORED, WAITS, writeTime } from "./sealed-estimates.ts";
import { text } from "./texts.ts";

const MARK = /^estimate-(\d+)-(.+)$/;

/** Read what is chosen; `names` are what the people asked about are called, in order. */
export function readMarks(roots: readonly ParentNode[], names: readonly string[]): Marks[] {
  const found = new Map<number, Record<string, string>>();
  for (const input of roots.flatMap((root) => all<HTMLInputElement>("input[name^=estimate-]:checked", root))) {
    const [, number = "0", domain = ""] = MARK.exec(input.name) ?? [];
    found.set(Number(number), { ...found.get(Number(number)), [domain]: input.value });
  }
  return [...found].map(([number, marks]) => ({ name: names[number - 1] ?? "", marks }));
}

/** What waited in this tab: nothing, something that opens no more, or these. */
export type Opened = "none" | "gone" | { readonly marks: readonly Marks[]; readonly at: number };

export class EstimateKeeper {
  readonly #headers: Readonly<Record<string, string>>;
  readonly #read: () => Marks[];
  #key: SealKey | null = null;

  constructor(headers: Readonly<Record<string, string>>, read: () => Marks[]) {
    this.#headers = headers;
    this.#read = read;
    document.addEventListener("change", (event) => {
      const isMark = event.target instanceof HTMLInputElement && MARK.test(event.target.name);
      if (isMark && this.#key === null) void this.renew();
    });
  }

  /** Take the key of now: there was a sign of work. */
  async renew(): Promise<void> {
    if (this.#read().length === 0) return;
    const found = await this.#ask("/estimate-keys");
    if (found !== null) this.#key = found;
  }

  /** Put the estimates on a lock, forget the key, and tell whether anything waits. */
  async seal(): Promise<boolean> {
    const [key, marks] = [this.#key, this.#read()];
    this.#key = null;
    if (key === null || marks.length === 0 || Date.now() - key.at * 1_000 > WAITS) return false;
    const sealed = await sealMarks(marks, key);
    key.key.fill(0);
    sessionStorage.setItem(STORED, JSON.stringify(sealed));
    return true;
  }

  /** Open what waits in this tab for who is logged in now; whatever comes of it, it is gone from there. */
  async open(): Promise<Opened> {
    const sealed = parseSealed(sessionStorage.getItem(STORED));
    sessionStorage.removeItem(STORED);
    if (sealed === null) return "none";
    const found = await this.#ask("/estimate-keys/again", { at: sealed.at });
    const marks = found === null ? null : await openMarks(sealed, found.key);
    return marks === null ? "gone" : { marks, at: sealed.at * 1_000 };
  }

  async #ask(path: string, body: unknown = {}): Promise<SealKey | null> {
    const headers = { ...this.#headers, "Content-Type": "application/json" };
    try {
      const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
      return answer.ok ? parseKey(await answer.json()) : null;
    } catch {
      return null; // without a key nothing waits, and the page says so
    }
  }
}

/** What waited, beside the question and at each list where it can be filled in. */
export class WaitedEstimates {
  readonly #place = need("#estimates-waited");
  readonly #labels: ReadonlyMap<string, string>;
  #waited: readonly Marks[] = [];
  #time = "";

  constructor(labels: ReadonlyMap<string, string>) {
    this.#labels = labels;
    need("[data-drop]", this.#place).addEventListener("click", () => this.#drop());
  }

  /** Show what was opened, or that it is gone. */
  show(opened: Opened): void {
    if (opened === "none") return;
    if (opened === "gone") {
      need("#gone").textContent = text("estimates-gone");
      return show(need("#expired"), true);
    }
    this.#waited = opened.marks;
    this.#time = writeTime(opened.at);
    need("[data-title]", this.#place).textContent = text("estimates-title", { time: this.#time });
    need("[data-list]", this.#place).replaceChildren(...opened.marks.map((each) => this.#paint(each)));
    show(this.#place, true);
  }

  /** Offer to fill them in: a person says of whom they are, nothing else can know. */
  offer(answer: ParentNode): void {
    for (const list of all("[data-self-reliance]", answer)) {
      const place = need("[data-estimates]", list);
      for (const each of this.#waited) place.before(this.#offerOne(each, list));
    }
  }

  #offerOne(waited: Marks, list: HTMLElement): DocumentFragment {
    const offer = fromTemplate("estimates-fill");
    const button = need<HTMLButtonElement>("button", offer);
    button.textContent = text(waited.name === "" ? "estimates-fill-one" : "estimates-fill", { time: this.#time, name: waited.name });
    button.addEventListener("click", () => {
      for (const input of all<HTMLInputElement>("input[name^=estimate-]", list)) {
        if (waited.marks[MARK.exec(input.name)?.[2] ?? ""] !== input.value) continue;
        input.checked = true;
        input.dispatchEvent(new Event("change", { bubbles: true }));
      }
      button.remove();
    });
    return offer;
  }

  #paint({ name, marks }: Marks): DocumentFragment {
    const line = fromTemplate("estimates-person");
    const said = Object.entries(marks).map(([code, mark]) => `${this.#labels.get(code) ?? code}: ${mark}`);
    fill(line, { name, marks: said.join(", ") });
    return line;
  }

  #drop(): void {
    this.#waited = [];
    need("[data-list]", this.#place).replaceChildren();
    show(this.#place, false);
  }
}
