/** Matches: whom to call at the other organisation, and whether somebody answers now. */
import type { ContactHolder } from "../lookup.ts";
import { paintCall } from "./call.ts";
import { all, need } from "./dom.ts";
import { chooseReach, useClosedDays, writeHours } from "./reach.ts";
import { startShell } from "./shell.ts";

/** The page may stand open for a day: what it says is said anew. */
function paintContact(place: HTMLElement): void {
  const contact = JSON.parse(place.dataset["contact"] ?? "") as ContactHolder;
  const reach = chooseReach(contact, new Date());
  need("[data-who]", place).textContent = reach.name || reach.role;
  need("[data-role]", place).textContent = reach.name === "" ? "" : reach.role;
  need("[data-note]", place).textContent = reach.note;
  need("[data-hours]", place).textContent = writeHours(contact.officeHours ?? []);
  paintCall(need<HTMLAnchorElement>("[data-call]", place), reach.phone, reach.name || reach.role, reach.isOpen);
}

function paintAll(): void {
  for (const place of all("[data-contact]")) paintContact(place);
}

startShell();
useClosedDays((need("[data-closed-days]").dataset["closedDays"] ?? "").split(" "));
paintAll();
addEventListener("visibilitychange", paintAll);
