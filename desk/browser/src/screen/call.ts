/** A button that calls. */
import { all } from "./dom.ts";
import { linkPhone, writePhone } from "./moments.ts";
import { text } from "./texts.ts";

const PRIMARY = "utrecht-button-link--primary-action";
const SECONDARY = "utrecht-button-link--secondary-action";

/** Make a button that calls, where there is a number: it stands out only when somebody answers now. */
export function paintCall(call: HTMLAnchorElement, phone: string, who: string, isOpen: boolean): void {
  call.hidden = !phone;
  const written = writePhone(phone);
  call.href = linkPhone(phone);
  call.classList.toggle(PRIMARY, isOpen);
  call.classList.toggle(SECONDARY, !isOpen);
  for (const number of all("[data-phone]", call)) number.textContent = written;
  // The name begins with what is seen, so that one can say it aloud (WCAG 2.5.3).
  call.setAttribute("aria-label", text("call-label", { name: who, phone: written }));
}
