/**
 * What was filled in around the numbers, kept in this tab while someone logs in again.
 * Never a number: only choices, the legal basis and the case reference. Read once, for
 * the same person only, and not when it is old.
 */
import { all } from "./dom.ts";

const STORED = "signal-desk.draft";
const LIFETIME = 15 * 60_000;
const WRITTEN = ["legal-basis", "case-reference"] as const;

interface Draft {
  readonly person: string;
  readonly at: number;
  readonly chosen: readonly string[];
  readonly written: Readonly<Record<string, string>>;
}

/** Keep the form's draft when a link that leads to logging in is followed. */
export function keepDraftOnLeaving(form: HTMLElement): void {
  document.addEventListener("click", (event) => {
    const target = event.target as Element | null;
    if (target?.closest("a[data-keep-draft]")) keep(form);
  });
}

/** Fill the form with what was kept, and forget it. */
export function restoreDraft(form: HTMLElement): void {
  const stored = sessionStorage.getItem(STORED);
  sessionStorage.removeItem(STORED);
  if (stored === null) return;
  const draft = JSON.parse(stored) as Draft;
  if (draft.person !== form.dataset["person"] || Date.now() - draft.at > LIFETIME) return;
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

function keep(form: HTMLElement): void {
  const draft: Draft = {
    person: form.dataset["person"] ?? "",
    at: Date.now(),
    // Whether somebody knows is said anew for each person, and never kept.
    chosen: all<HTMLInputElement>("input[type=radio]:checked", form).filter((input) => !input.closest("[data-informed]")).map((input) => input.id),
    written: Object.fromEntries(
      WRITTEN.flatMap((id) => {
        const control = form.querySelector<HTMLInputElement | HTMLSelectElement>(`#${id}`);
        return control === null || control.value === "" ? [] : [[id, control.value]];
      }),
    ),
  };
  sessionStorage.setItem(STORED, JSON.stringify(draft));
}
