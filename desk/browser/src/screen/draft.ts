/**
 * What was filled in around the numbers, kept in this tab while someone logs in again.
 * Never a citizen's number: only choices, the legal basis and, for who goes to log in
 * now, the case reference. Where a session ended while nobody looked, not that either.
 * Read once, for the same person only, and not when it is old.
 */
import { all } from "./dom.ts";
import { WAITS } from "./sealed-estimates.ts";

const STORED = "signal-desk.draft";
const LIFETIME = 15 * 60_000;
/** As long as estimates wait: who was away comes back later. */
const LEFT_LIFETIME = WAITS;
const BASIS = "legal-basis";
const CASE = "case-reference";

interface Draft {
  readonly person: string;
  readonly until: number;
  readonly chosen: readonly string[];
  readonly written: Readonly<Record<string, string>>;
}

/** Keep the form's draft when a link that leads to logging in is followed. */
export function keepDraftOnLeaving(form: HTMLElement): void {
  document.addEventListener("click", (event) => {
    const target = event.target as Element | null;
    if (target?.closest("a[data-keep-draft]")) keep(form, LIFETIME, [BASIS, CASE]);
  });
}

/** Keep what was chosen in a form that nobody looks at: nothing of a citizen. */
export function keepChoices(form: HTMLElement): void {
  if (!form.hidden && form.querySelector("input[type=radio]:checked") !== null) keep(form, LEFT_LIFETIME, [BASIS]);
}

/** Clear what this tab keeps, all but a draft; whether there is one. */
export function clearAllButDraft(): boolean {
  const stored = sessionStorage.getItem(STORED);
  sessionStorage.clear();
  if (stored !== null) sessionStorage.setItem(STORED, stored);
  return stored !== null;
}

/** Fill the form with what was kept, and forget it. */
export function restoreDraft(form: HTMLElement): void {
  const stored = sessionStorage.getItem(STORED);
  sessionStorage.removeItem(STORED);
  if (stored === null) return;
  const draft = JSON.parse(stored) as Draft;
  if (draft.person !== form.dataset["person"] || Date.now() > draft.until) return;
  // Each choice may bring up the next question, so in order.
  for (const id of draft.chosen) {
    const input = document.getElementById(id);
    if (input instanceof HTMLInputElement && input.type === "radio") input.click();
  }
  for (const [id, value] of Object.entries(draft.written)) {
    const control = form.querySelector<HTMLInputElement | HTMLSelectElement>(`#${id}`);
    if (control !== null) control.value = value;
  }
}

function keep(form: HTMLElement, lifetime: number, written: readonly string[]): void {
  const draft: Draft = {
    person: form.dataset["person"] ?? "",
    until: Date.now() + lifetime,
    // Whether somebody knows is said anew for each person, and never kept.
    chosen: all<HTMLInputElement>("input[type=radio]:checked", form).filter((input) => !input.closest("[data-informed]")).map((input) => input.id),
    written: Object.fromEntries(
      written.flatMap((id) => {
        const control = form.querySelector<HTMLInputElement | HTMLSelectElement>(`#${id}`);
        return control === null || control.value === "" ? [] : [[id, control.value]];
      }),
    ),
  };
  sessionStorage.setItem(STORED, JSON.stringify(draft));
}
