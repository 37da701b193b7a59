/**
 * What every page of someone who is logged in does: hide the screen on a key or after
 * five minutes, end after fifteen, and show nothing when one comes back to it.
 */
import { all, need, show } from "./dom.ts";

const HIDE_AFTER = 5 * 60_000;
const END_AFTER = 15 * 60_000;
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
  cover.addEventListener("keydown", () => unhide(cover));
  setInterval(() => watch(cover), 5_000);
}

function noteInput(cover: HTMLDialogElement): void {
  if (cover.open) return;
  lastInput = Date.now();
  if (lastInput - lastTold < TELL_EVERY) return;
  lastTold = lastInput;
  void fetch("/session/active", { method: "POST", headers: { "X-CSRF-Token": csrfToken() } });
}

function watch(cover: HTMLDialogElement): void {
  const idle = Date.now() - lastInput;
  if (idle >= END_AFTER) location.replace("/session-ended");
  else if (idle >= HIDE_AFTER) hide(cover);
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
}
