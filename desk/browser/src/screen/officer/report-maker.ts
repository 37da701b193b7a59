/** Make a citizen's report, show it, and save its paper, its proofs and whose it is. */
import { asObject } from "../../bytes.ts";
import { Malformed } from "../../errors.ts";
import { drawCode, writePerson } from "../../person-proof.ts";
import { all, focusOn, need, show } from "../dom.ts";
import { text } from "../texts.ts";
import type { Ask } from "./citizens-page.ts";
import { openDispute } from "./dispute.ts";
import { PersonField } from "./person-field.ts";

interface SavedFile {
  readonly name: string;
  readonly type: string;
  readonly data: string;
}

export class ReportMaker {
  readonly #request: string;
  readonly #ask: Ask;
  readonly #person: PersonField;
  readonly #button = need<HTMLButtonElement>("#make-report");
  readonly #status = need("#make-status");
  readonly #made = need("#made");
  readonly #place = need("#report");
  readonly #code = need("#person-code");
  #files: readonly SavedFile[] = [];

  constructor(root: HTMLElement, ask: Ask) {
    this.#request = root.dataset["request"] ?? "";
    this.#ask = ask;
    this.#person = new PersonField(need("#person"), () => void this.#make());
    this.#button.addEventListener("click", () => void this.#make());
    need("#print-report").addEventListener("click", () => print());
    for (const button of all("[data-save]")) {
      button.addEventListener("click", () => save(this.#files[Number(button.dataset["save"])]));
    }
    addEventListener("pagehide", () => this.#wipe());
    addEventListener("pageshow", (event) => event.persisted && this.#wipe());
  }

  async #make(): Promise<void> {
    if (this.#button.disabled) return;
    const bsn = this.#person.read();
    if (bsn === null) return;
    this.#wipe();
    this.#busy(true);
    show(this.#made, true);
    await this.#ask(async (relay, asker) => {
      const { named, evidence } = await asker.prove(bsn, () => this.#person.clear());
      const code = drawCode();
      const file = await writePerson(evidence, code);
      this.#paint(await relay.act(`/citizen-reports/${this.#request}`, named), file, code);
    }, this.#place);
    this.#person.clear();
    this.#busy(false);
  }

  /** Put the piece that the desk made in its place; it is our own, without scripts. */
  #paint(answer: unknown, person: string, code: string): void {
    const { html, files, person: name } = asObject(answer);
    if (typeof html !== "string" || !Array.isArray(files) || typeof name !== "string") throw new Malformed();
    const whose = { name, type: "application/json", data: btoa(person) };
    this.#files = [...(files as SavedFile[]), whose];
    this.#code.textContent = code;
    const parsed = new DOMParser().parseFromString(html, "text/html");
    this.#place.replaceChildren(...parsed.body.childNodes);
    for (const button of all<HTMLButtonElement>("[data-signal]", this.#place)) {
      button.addEventListener("click", () => openDispute(button, this.#ask));
    }
    show(need("#made-actions"), true);
    show(need("#other-number"), true);
    focusOn(need("#report-title", this.#place));
    this.#made.scrollIntoView();
  }

  #wipe(): void {
    this.#files = [];
    this.#code.textContent = "";
    this.#place.replaceChildren();
    show(need("#made-actions"), false);
    show(this.#made, false);
    this.#person.clear();
  }

  #busy(isBusy: boolean): void {
    this.#button.disabled = isBusy;
    this.#status.textContent = isBusy ? text("report-making") : "";
  }
}

/** Hand a file from memory to the browser's own download. */
function save(file: SavedFile | undefined): void {
  if (file === undefined) return;
  const bytes = Uint8Array.from(atob(file.data), (letter) => letter.charCodeAt(0));
  const url = URL.createObjectURL(new Blob([bytes], { type: file.type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
