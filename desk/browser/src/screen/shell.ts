/**
 * What every page of someone who is logged in does: hide the screen on a key or after
 * five minutes, end after fifteen, say ten minutes before that eight hours are over, and
 * show nothing when one comes back to it (WCAG 2.2.1: one key is enough to go on).
 */
import { Cover } from "./cover.ts";
import { fromTemplate, need } from "./dom.ts";
import { keepLoginOutOfHistory } from "./login-entry.ts";

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

/** Start it where somebody is logged in, and give what lies over the page. */
export function startShell(): Cover | null {
  keepLoginOutOfHistory();
  if (document.querySelector("meta[name=csrf-token]") === null) return null;
  const cover = new Cover(() => {
    lastInput = Date.now();
    void tellDesk();
  });
  for (const name of INPUTS) addEventListener(name, () => noteInput(cover), { passive: true });
  watchTime(cover);
  return cover;
}

/** Whether the desk knows this page's session; null where it could not be asked. */
export async function isSessionAlive(): Promise<boolean | null> {
  const headers = { "X-CSRF-Token": csrfToken() };
  const answer = await fetch("/session/active", { method: "POST", headers }).catch(() => null);
  if (answer?.status === 401 || answer?.status === 403) return false;
  return answer?.ok ? true : null;
}

/** What a page does with the life of its session, beside being left when it ends. */
export interface Living {
  /** Somebody worked, and the desk knows. */
  worked(): void;
  /** The session ended by itself; tells whether anything waits for who was here. */
  ended(): Promise<boolean>;
}

let living: Living | null = null;
let isEnding = false;

export function liveWith(page: Living): void {
  living = page;
}

/** Leave the page for good; nothing of it is in view from here on. */
export async function endSession(): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  document.body.classList.add("is-hidden");
  const waits = await (living?.ended() ?? false);
  location.replace(waits ? "/session-ended?estimates=wait" : "/session-ended");
}

function watchTime(cover: Cover): void {
  const left = Number(need<HTMLMetaElement>("meta[name=session-seconds-left]").content) * 1_000;
  const endsAt = Date.now() + left;
  const watch = () => {
    const now = Date.now();
    const idle = now - lastInput;
    if (idle >= END_AFTER || now >= endsAt) void endSession();
    else if (idle >= HIDE_AFTER) cover.hide();
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

function noteInput(cover: Cover): void {
  if (cover.isOpen) return;
  lastInput = Date.now();
  if (lastInput - lastTold >= TELL_EVERY) void tellDesk();
}

/** Keep the session alive; if it is gone already, no answer stays in view. */
async function tellDesk(): Promise<void> {
  lastTold = Date.now();
  const alive = await isSessionAlive();
  // A question that is being filled in stays; whoever asks it is asked to log in again.
  const filling = document.querySelector("#question:not([hidden])") !== null;
  if (alive) living?.worked();
  if (alive === false && !filling) void endSession();
}
