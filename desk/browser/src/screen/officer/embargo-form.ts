/** Place an embargo: on whom, which kinds, why, until when. */
import { all, need, show } from "../dom.ts";
import { text } from "../texts.ts";
import type { Ask } from "./citizens-page.ts";
import { PersonField } from "./person-field.ts";

export class EmbargoForm {
  readonly #root: HTMLElement;
  readonly #ask: Ask;
  readonly #person: PersonField;
  readonly #button = need<HTMLButtonElement>("#place-embargo");
  readonly #until = need<HTMLInputElement>("#until");

  constructor(root: HTMLElement, ask: Ask) {
    this.#root = root;
    this.#ask = ask;
    this.#person = new PersonField(need("#person"), () => void this.#place());
    this.#button.addEventListener("click", () => void this.#place());
  }

  async #place(): Promise<void> {
    if (this.#button.disabled) return;
    const boxes = all<HTMLInputElement>("[data-category]", this.#root);
    const categories = boxes.filter((box) => box.checked).map((box) => box.value);
    const reason = this.#root.querySelector<HTMLInputElement>("input[name=reason]:checked");
    show(need("#embargo-error"), categories.length === 0 || reason === null);
    const bsn = this.#person.read();
    if (bsn === null) return;
    if (categories.length === 0) return boxes[0]?.focus();
    if (reason === null) return need<HTMLInputElement>("input[name=reason]", this.#root).focus();
    if (!this.#until.reportValidity()) return;
    this.#busy(true);
    await this.#ask(async (relay, asker) => {
      const named = await asker.name(bsn, () => this.#person.clear());
      await relay.act("/embargoes", { ...named, categories, reason: reason.value, until: this.#until.value });
      location.reload();
    }, need("#embargo-told"));
    this.#person.clear();
    this.#busy(false);
  }

  #busy(isBusy: boolean): void {
    this.#button.disabled = isBusy;
    need("#embargo-status").textContent = isBusy ? text("embargo-placing") : "";
  }
}
