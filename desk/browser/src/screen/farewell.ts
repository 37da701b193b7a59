/** The pages on which somebody is left who is logged out, or whose session is over. */
import { need, show } from "./dom.ts";
import { clearAllButDraft } from "./draft.ts";
import { tellOtherTabs } from "./other-tabs.ts";
import { writeTime } from "./moments.ts";
import { endOf, WaitingStore } from "./waiting-store.ts";

/** Clear what this tab kept, have the others look, and say until when estimates wait. */
export function sayFarewell(): void {
  const place = document.querySelector<HTMLElement>("[data-farewell]");
  if (place === null) return;
  if (place.dataset["clears"] !== undefined) {
    sessionStorage.clear();
    localStorage.clear();
  } else {
    const hasDraft = clearAllButDraft();
    if (place.dataset["farewell"] === "session-ended") tellWhatWaits(new WaitingStore(localStorage), hasDraft);
  }
  tellOtherTabs();
}

function tellWhatWaits(store: WaitingStore, hasDraft: boolean): void {
  store.sweep();
  const until = Math.max(0, ...store.all().map(endOf));
  show(need("[data-estimates-wait]"), until > 0);
  show(need("[data-nothing]"), until === 0 && !hasDraft);
  show(need("[data-draft]"), hasDraft);
  if (until === 0) return;
  need("[data-until]").textContent = `${writeTime(until)} uur.`;
  setTimeout(() => tellWhatWaits(store, hasDraft), until - Date.now());
}
