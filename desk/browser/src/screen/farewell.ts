/** The page on which a session that ended by itself leaves somebody. */
import { need, show } from "./dom.ts";
import { parseSealed, STORED, WAITS, writeTime } from "./sealed-estimates.ts";

/** Say until when estimates wait; all else that this tab or browser kept goes. */
export function tellWhatWaits(): void {
  if (document.querySelector("[data-estimates-wait]") === null) return;
  const stored = sessionStorage.getItem(STORED);
  const sealed = parseSealed(stored);
  const until = sealed === null ? 0 : sealed.at * 1_000 + WAITS;
  const waits = Date.now() < until;
  localStorage.clear();
  sessionStorage.clear();
  if (!waits || stored === null) return;
  sessionStorage.setItem(STORED, stored);
  need("[data-until]").textContent = `${writeTime(until)} uur.`;
  show(need("[data-estimates-wait]"), true);
  show(need("[data-nothing]"), false);
  setTimeout(() => {
    sessionStorage.removeItem(STORED);
    show(need("[data-estimates-wait]"), false);
    show(need("[data-nothing]"), true);
  }, until - Date.now());
}
