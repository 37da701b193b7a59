/**
 * What lies over the page when nobody may look: lifted by Enter, the space bar or its
 * button (WCAG 2.2.1) while the session lives. No other key does: who leans on the keyboard,
 * or presses Escape twice in haste, wants it hidden. It says until when one stays logged in.
 */
import { all, need, show } from "./dom.ts";
import { meansHide } from "./escape.ts";
import { writeTime } from "./moments.ts";

/** What the page around it knows. */
export interface Covering {
  /** It lies over the page from now on. */
  hidden(): void;
  /** Somebody wants to go on: whether they may see what is below. */
  mayLift(): Promise<boolean>;
}

export class Cover {
  readonly #dialog = need<HTMLDialogElement>("#cover");
  readonly #covering: Covering;
  #next: (() => void) | null = null;
  #isAsking = false;

  constructor(covering: Covering) {
    this.#covering = covering;
    for (const button of all("[data-hide-screen]")) {
      show(button, true);
      button.addEventListener("click", () => this.hide());
    }
    need("[data-show-screen]", this.#dialog).addEventListener("click", () => void this.lift());
    this.#dialog.addEventListener("close", () => this.#stay()); // a browser's own way to close it
    addEventListener("keydown", (event) => this.#take(event));
  }

  get isOpen(): boolean {
    return this.#dialog.open;
  }

  hide(): void {
    if (this.isOpen) return;
    document.body.classList.add("is-hidden");
    this.#dialog.showModal();
    this.#covering.hidden();
  }

  /** Say until when one stays logged in; null where nobody knows. */
  say(until: number | null): void {
    if (until !== null) need("[data-until]", this.#dialog).textContent = `${writeTime(until)} uur`;
    show(need("[data-lives]", this.#dialog), until !== null);
    show(need("[data-unsure]", this.#dialog), until === null);
  }

  async lift(): Promise<void> {
    if (!this.isOpen || this.#isAsking) return;
    this.#isAsking = true;
    const mayLift = await this.#covering.mayLift();
    this.#isAsking = false;
    if (!mayLift) return this.say(null);
    document.body.classList.remove("is-hidden");
    this.#dialog.close();
    this.#next?.();
    this.#next = null;
  }

  #stay(): void {
    if (!document.body.classList.contains("is-hidden")) return;
    this.#dialog.showModal();
    void this.lift();
  }

  /** Do this once nothing lies over the page: below a cover nothing takes the focus. */
  whenLifted(next: () => void): void {
    if (this.isOpen) this.#next = next;
    else next();
  }

  #take(event: KeyboardEvent): void {
    if (this.isOpen) {
      event.preventDefault(); // else the key ends up in the field that gets the focus back
      if ((event.key === "Enter" || event.key === " ") && !event.repeat) void this.lift();
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
