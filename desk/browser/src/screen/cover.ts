/**
 * What lies over the page when nobody may look: lifted by one key (WCAG 2.2.1), but not
 * by the Escape that hid it: who presses it twice in haste wants it hidden.
 */
import { all, need, show } from "./dom.ts";
import { meansHide } from "./escape.ts";

export class Cover {
  readonly #dialog = need<HTMLDialogElement>("#cover");
  readonly #lifted: () => void;
  #next: (() => void) | null = null;

  /** `lifted` is called each time that somebody wants to go on. */
  constructor(lifted: () => void) {
    this.#lifted = lifted;
    for (const button of all("[data-hide-screen]")) {
      show(button, true);
      button.addEventListener("click", () => this.hide());
    }
    need("[data-show-screen]", this.#dialog).addEventListener("click", () => this.lift());
    this.#dialog.addEventListener("close", () => this.lift()); // a browser's own way to close it
    addEventListener("keydown", (event) => this.#take(event));
  }

  get isOpen(): boolean {
    return this.#dialog.open;
  }

  hide(): void {
    if (this.isOpen) return;
    document.body.classList.add("is-hidden");
    this.#dialog.showModal();
  }

  lift(): void {
    if (!document.body.classList.contains("is-hidden")) return;
    document.body.classList.remove("is-hidden");
    this.#dialog.close();
    this.#lifted();
    this.#next?.();
    this.#next = null;
  }

  /** Do this once nothing lies over the page: below a cover nothing takes the focus. */
  whenLifted(next: () => void): void {
    if (this.isOpen) this.#next = next;
    else next();
  }

  #take(event: KeyboardEvent): void {
    if (this.isOpen) {
      event.preventDefault(); // else the key ends up in the field that gets the focus back
      if (event.key !== "Escape" && !event.repeat) this.lift();
      return;
    }
    if (!meansHide(readPress(event))) return;
    event.preventDefault();
    this.hide();
  }
}

function readPress(event: KeyboardEvent): Parameters<typeof meansHide>[0] {
  const { key, repeat, isComposing, defaultPrevented, ctrlKey, altKey, metaKey, shiftKey } = event;
  const target = event.target instanceof Element ? event.target : document.body;
  return {
    key, repeat, isComposing, defaultPrevented, ctrlKey, altKey, metaKey, shiftKey,
    tag: target.localName,
    type: target instanceof HTMLInputElement ? target.type : "",
    isCovered: document.fullscreenElement !== null || document.querySelector("dialog[open]") !== null,
  };
}
