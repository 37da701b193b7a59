/**
 * Safety mode: who is asked about may be in danger when somebody reads along. The page
 * looks different, 112 and Veilig Thuis are one press away, and what is made together at
 * the kitchen table is not there.
 */
import { need, show } from "./dom.ts";

export class Safety {
  readonly #always: boolean;
  readonly #panel = need("#safety");
  #isOn = false;

  /** `always`: on the page for emergencies, whatever is asked. */
  constructor(always: boolean) {
    this.#always = always;
    this.turn(false);
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  /** Turn it on where the purpose is about safety, or off. */
  turn(aboutSafety: boolean): void {
    this.#isOn = this.#always || aboutSafety;
    document.body.classList.toggle("is-safety", this.#isOn);
    show(this.#panel, this.#isOn);
  }

  /** Put the numbers to call at the head of what is shown now. */
  moveTo(place: Element): void {
    place.prepend(this.#panel);
  }
}
