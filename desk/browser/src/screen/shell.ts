/**
 * What every page of someone who is logged in does: hide the screen on a key or after
 * five minutes, end after fifteen, say ten minutes before that eight hours are over, and
 * show nothing when one comes back to it (WCAG 2.2.1: one key is enough to go on).
 */
import { all, fromTemplate, need, show } from "./dom.ts";

const HIDE_AFTER = 5 * 60_000;
const END_AFTER = 15 * 60_000;
const SAY_ENDING = 10 * 60_000;
const TELL_EVERY = 60_000;
const INPUTS = ["keydown", "pointerdown", "pointermove", "scroll", "touchstart"] as const;

let lastInput = Date.now();
let lastTold = Date.now();

export function csrfToken(): string {
  return need<HTMLMetaElement>("meta[name=csrf-token]").content;
}

export function startShell(): void {
  if (document.querySelector("meta[name=csrf-token]") === null) return;
  const cover = need<HTMLDialogElement>("#cover");
  for (const name of INPUTS) addEventListener(name, () => noteInput(cover), { passive: true });
  for (const button of all("[data-hide-screen]")) {
    show(button, true);
    button.addEventListener("click", () => hide(cover));
  }
  need("[data-show-screen]", cover).addEventListener("click", () => unhide(cover));
  cover.addEventListener("cancel", (event) => {
    event.preventDefault();
    unhide(cover);
  });
  cover.addEventListener("keydown", (event) => {
    event.preventDefault(); // else the key ends up in the field that gets the focus back
    unhide(cover);
  });
  watchTime(cover);
}

function watchTime(cover: HTMLDialogElement): void {
  const left = Number(need<HTMLMetaElement>("meta[name=session-seconds-left]").content) * 1_000;
  const endsAt = Date.now() + left;
  const watch = () => {
    const now = Date.now();
    const idle = now - lastInput;
    if (idle >= END_AFTER || now >= endsAt) location.replace("/session-ended");
    else if (idle >= HIDE_AFTER) hide(cover);
    if (endsAt - now <= SAY_ENDING) sayEnding();
  };
  setInterval(watch, 5_000);
  // A laptop that was asleep is looked at before anyone else can look at it.
  for (const name of ["visibilitychange", "resume"]) document.addEventListener(name, watch);
  addEventListener("pageshow", watch);
}

function sayEnding(): void {
  const place = need("#ending");
  if (place.childElementCount === 0) place.append(fromTemplate("ending-soon"));
}

function noteInput(cover: HTMLDialogElement): void {
  if (cover.open) return;
  lastInput = Date.now();
  if (lastInput - lastTold >= TELL_EVERY) void tellDesk();
}

/** Keep the session alive; if it is gone already, no answer stays in view. */
async function tellDesk(): Promise<void> {
  lastTold = Date.now();
  const headers = { "X-CSRF-Token": csrfToken() };
  const answer = await fetch("/session/active", { method: "POST", headers }).catch(() => null);
  const gone = answer?.status === 401 || answer?.status === 403;
  // A question that is being filled in stays; whoever asks it is asked to log in again.
  const filling = document.querySelector("#question:not([hidden])") !== null;
  if (gone && !filling) location.replace("/session-ended");
}

function hide(cover: HTMLDialogElement): void {
  if (cover.open) return;
  document.body.classList.add("is-hidden");
  cover.showModal();
}

function unhide(cover: HTMLDialogElement): void {
  document.body.classList.remove("is-hidden");
  cover.close();
  lastInput = Date.now();
  void tellDesk();
}
