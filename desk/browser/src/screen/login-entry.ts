/**
 * Logging in leaves no entry in the browser's history: back never ends at the provider's
 * page, where nothing can be done any more.
 *
 * 1. A link to `/login` is followed in an entry of its own, whose place is noted.
 * 2. The desk sends who has logged in to `/arrived`. That page goes back to before that
 *    entry, so that the provider's pages lie ahead, and goes on from there: what lies
 *    ahead of the next entry, the browser forgets.
 * 3. Where the places cannot be told (the browser keeps fifty), it goes on as it is.
 */
import { tellOtherTabs } from "./other-tabs.ts";

const STORED = "signal-desk.login";
const MOST_ENTRIES = 50;
const PATIENCE = 1_500;
export const ARRIVED = "/arrived";

interface Begun {
  /** How many entries lay before the first page of this login. */
  readonly before: number;
  /** Where it leads to. */
  readonly to: string;
  readonly hasArrived: boolean;
  /** The entry before it leads there already. */
  readonly isThere: boolean;
}

/** How many entries to go back from here, or 0 where that is not certain. */
export function countBack(entries: number, before: number): number {
  const certain = entries < MOST_ENTRIES && before > 0 && entries > before;
  return certain ? entries - before : 0;
}

export function keepLoginOutOfHistory(): void {
  document.addEventListener("click", begin);
  addEventListener("pageshow", (event) => goOn(event.persisted));
}

function begin(event: MouseEvent): void {
  const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[href^="/login"]') : null;
  const opensElsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button !== 0;
  if (link === null || opensElsewhere || event.defaultPrevented) return;
  event.preventDefault();
  const url = new URL(link.href);
  const to = url.searchParams.get("to") ?? "/start";
  // A page that says farewell is not one to come back to: it clears what the tab keeps.
  const isFarewell = document.querySelector("[data-farewell]") !== null;
  if (isFarewell) history.replaceState(null, "", to);
  history.pushState(history.state, ""); // what lay ahead goes, so that the length tells our place
  const begun: Begun = { before: history.length - 1, to, hasArrived: false, isThere: isFarewell || location.pathname === to };
  sessionStorage.setItem(STORED, JSON.stringify(begun));
  url.searchParams.set("to", ARRIVED);
  location.replace(url);
}

function goOn(fromMemory: boolean): void {
  const stored = sessionStorage.getItem(STORED);
  const begun = stored === null ? null : parseBegun(stored);
  if (location.pathname === ARRIVED) arrive(begun);
  else if (begun?.hasArrived) {
    sessionStorage.removeItem(STORED);
    if (fromMemory || !begun.isThere) location.replace(begun.to);
  }
}

function arrive(begun: Begun | null): void {
  tellOtherTabs(); // it may be another person who logged in: their pages are left
  const back = begun === null ? 0 : countBack(history.length, begun.before);
  const to = begun?.to ?? "/start";
  if (begun === null || back === 0 || begun.hasArrived) {
    sessionStorage.removeItem(STORED);
    location.replace(to);
    return;
  }
  sessionStorage.setItem(STORED, JSON.stringify({ ...begun, hasArrived: true }));
  history.go(-back);
  setTimeout(() => {
    sessionStorage.removeItem(STORED);
    location.replace(to);
  }, PATIENCE);
}

/** What this page wrote; anything that does not lead to a page of this desk is nothing. */
function parseBegun(stored: string): Begun | null {
  const { before, to, hasArrived, isThere } = JSON.parse(stored) as Partial<Begun>;
  const isOurs = typeof to === "string" && /^\/(?!\/)/.test(to);
  return isOurs && typeof before === "number" ? { before, to, hasArrived: hasArrived === true, isThere: isThere === true } : null;
}
