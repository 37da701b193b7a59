/**
 * `<signal-flags relay purpose [legal-basis] [case-reference] [estimates]>`: look up vlaggetjes inside
 * a regiesysteem.
 *
 * - The number is typed into this element's closed shadow tree, in a field without name
 *   and outside any form; it is blinded there, and the field emptied, before the first
 *   request leaves.
 * - Key presses and what is typed do not bubble into the page around it. A page that
 *   wants to can still listen first: the embedding page is trusted, its accidents are not.
 * - Nothing is stored. Events say that something happened, never about whom or what;
 *   estimates leave by the press that says so, without a person or a flag.
 * - No inline script or style, no markup from the network: it works under
 *   `script-src 'self'; style-src 'self'; require-trusted-types-for 'script'`.
 */
import { markup, sheet, texts } from "signal-flags:pieces";
import { fromTemplate, need, show, usePieces } from "../screen/dom.ts";
import type { Estimate } from "../screen/estimates.ts";
import { paintRefusal } from "../screen/refusal.ts";
import { useTexts } from "../screen/texts.ts";
import { type Happening, Panel, reasonOf } from "./panel.ts";
import { ATTRIBUTES, type GivenPerson, readWanted, verifyUnframed } from "./wanted.ts";

export type { Estimate } from "../screen/estimates.ts";
export type { Happening } from "./panel.ts";
export type { GivenPerson } from "./wanted.ts";

/** What `signal-flags-refused` carries: a name from a closed list, for the page's own help. */
export interface RefusedDetail {
  readonly reason: string | null;
}

/** What `signal-flags-estimates` carries; `person` counts from 1, in the order asked. */
export interface EstimatesDetail {
  readonly person: number;
  readonly estimates: readonly Estimate[];
}

const PRIVATE = [
  "keydown", "keypress", "keyup", "beforeinput", "input", "change", "paste", "copy", "cut",
  "compositionstart", "compositionupdate", "compositionend",
];

const style = new CSSStyleSheet();
style.replaceSync(sheet);
const pieces = parsePieces();
usePieces(pieces);
useTexts(texts);

export class SignalFlags extends HTMLElement {
  static readonly observedAttributes: readonly string[] = ATTRIBUTES;
  readonly #root: ShadowRoot;
  #panel: Panel | null = null;
  #given: readonly GivenPerson[] = [];
  #ending = new AbortController();

  constructor() {
    super();
    this.#root = this.attachShadow({ mode: "closed" });
    this.#root.adoptedStyleSheets = [style];
    for (const type of PRIVATE) this.#root.addEventListener(type, (event) => event.stopPropagation());
  }

  /**
   * Whom to ask about, where the page around it knows: at most ten, by number and perhaps
   * what to call them here. It is put into the element's own fields and kept nowhere
   * else; it can be set, never read. There is no attribute for it: markup is copied.
   */
  set people(given: readonly GivenPerson[]) {
    this.#given = given.slice(0, 10).map(({ number, name = "" }) => ({ number: String(number), name: String(name) }));
    if (this.#panel !== null) this.#hand(this.#panel);
  }

  connectedCallback(): void {
    this.#begin();
  }

  disconnectedCallback(): void {
    this.#end();
  }

  /** Another case or purpose is another question: what was shown goes. */
  attributeChangedCallback(): void {
    if (!this.isConnected || this.#root.childElementCount === 0) return;
    this.#end();
    this.#begin();
  }

  #begin(): void {
    this.#root.replaceChildren(fromTemplate("signal-flags"));
    const body = this.#root.firstElementChild as HTMLElement;
    body.prepend(need(".desk-icons", pieces).cloneNode(true));
    const { signal } = this.#ending;
    addEventListener("pagehide", () => this.#panel?.wipe(), { signal });
    addEventListener("pageshow", (event) => event.persisted && this.#panel?.expire(), { signal });
    try {
      verifyUnframed();
      const announce = (what: Happening, reason: string | null) => void (signal.aborted || this.#announce(what, reason));
      this.#panel = new Panel(body, readWanted(this), announce, (person, estimates) => this.#send("estimates", { person, estimates }));
      this.#hand(this.#panel);
      void this.#panel.start();
    } catch (error) {
      paintRefusal(need("#answer", body), error);
      show(need("#result", body), true);
      show(need("#question", body), false);
      show(need("#again", body), false);
      this.#announce("refused", reasonOf(error));
    }
  }

  #end(): void {
    this.#ending.abort();
    this.#ending = new AbortController();
    this.#panel?.wipe();
    this.#panel = null;
    this.#given = [];
    this.#root.replaceChildren();
  }

  #hand(panel: Panel): void {
    if (this.#given.length > 0) panel.take(this.#given);
    this.#given = [];
  }

  #announce(what: Happening, reason: string | null): void {
    const detail: RefusedDetail | null = what === "refused" ? { reason } : null;
    this.#send(what, detail);
  }

  #send(what: Happening | "estimates", detail: RefusedDetail | EstimatesDetail | null): void {
    this.dispatchEvent(new CustomEvent(`signal-flags-${what}`, { bubbles: true, composed: true, detail }));
  }
}

interface Policies {
  createPolicy(name: string, rules: { createHTML(markup: string): string }): { createHTML(markup: string): string };
}

/** The desk's pieces as a fragment; the markup is part of this script, never fetched. */
function parsePieces(): DocumentFragment {
  const policies = (globalThis as { trustedTypes?: Policies }).trustedTypes;
  const policy = policies?.createPolicy("signal-flags", { createHTML: (text) => text });
  const template = document.createElement("template");
  template.innerHTML = policy === undefined ? markup : policy.createHTML(markup);
  return template.content;
}

if (customElements.get("signal-flags") === undefined) customElements.define("signal-flags", SignalFlags);

declare global {
  interface HTMLElementTagNameMap {
    "signal-flags": SignalFlags;
  }
}
