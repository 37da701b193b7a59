/**
 * Question and answer as entries of the browser's history. The history holds the name of
 * an entry and nothing else; the answer stays in this page's memory alone, so that a page
 * that was loaded anew can only say that it is gone.
 */

const LOST = "signal-desk.lost";

/** Which of the two an entry is; `refused` is a result without an answer. */
export type Entry = "question" | "answer" | "refused";

/** What to do when somebody comes to an entry, by which way they came. */
export type Arrival = "show-question" | "show-result" | "say-gone";

export function readEntry(state: unknown): Entry {
  const { entry } = (state ?? {}) as { entry?: unknown };
  return entry === "answer" || entry === "refused" ? entry : "question";
}

/** `kept` tells whether this page still holds a result. */
export function decideArrival(entry: Entry, kept: boolean): Arrival {
  if (entry === "question") return "show-question";
  if (kept) return "show-result";
  return entry === "answer" ? "say-gone" : "show-question";
}

/** The text that says why an answer is gone, by how the page was loaded. */
export function nameLoss(type: NavigationTimingType | undefined, wasDiscarded: boolean): string {
  if (wasDiscarded) return "gone-discarded";
  return type === "reload" ? "gone-reloaded" : "gone-left";
}

/** Begin a result's entry; what lay ahead of the question is forgotten by the browser. */
export function enter(entry: "answer" | "refused"): void {
  history.pushState({ entry }, "");
}

/** Keep for the next page of this tab that something filled in went with this one: not what. */
export function noteLoss(): void {
  sessionStorage.setItem(LOST, "yes");
}

/** Whether something that was filled in went with a page of this tab; said once. */
export function takeLoss(): boolean {
  const lost = sessionStorage.getItem(LOST) !== null;
  sessionStorage.removeItem(LOST);
  return lost;
}

/** Make the entry at which one stands a question's. */
export function becomeQuestion(): void {
  history.replaceState(null, "");
}

export function currentEntry(): Entry {
  return readEntry(history.state);
}
