/** The pages on which somebody is left who is logged out, or whose session is over. */
import { need, show } from "./dom.ts";
import { tellOtherTabs } from "./other-tabs.ts";
import { writeTime } from "./moments.ts";
import { endOf, WaitingStore } from "./waiting-store.ts";

/** Clear what this tab kept, have the others look, and say until when estimates wait. */
export function sayFarewell(): void {
  const place = document.querySelector<HTMLElement>("[data-farewell]");
  if (place === null) return;
  sessionStorage.clear();
  if (place.dataset["clears"] !== undefined) localStorage.clear();
  else if (place.dataset["farewell"] === "session-ended") tellWhatWaits(new WaitingStore(localStorage));
  tellOtherTabs();
}

function tellWhatWaits(store: WaitingStore): void {
  store.sweep();
  const until = Math.max(0, ...store.all().map(endOf));
  show(need("[data-estimates-wait]"), until > 0);
  show(need("[data-nothing]"), until === 0);
  if (until === 0) return;
  need("[data-until]").textContent = `${writeTime(until)} uur.`;
  setTimeout(() => tellWhatWaits(store), until - Date.now());
}
