/**
 * What every page of someone who is logged in does: hide the screen on a key or after
 * five minutes, be left when the session is over, say ten minutes before that eight hours
 * are over, and show nothing when one comes back to it (WCAG 2.2.1: one key is enough to
 * go on). Every page in view asks the desk each ten seconds, whoever is at it: a login
 * elsewhere ends it though nobody touches it. A page ends no session: another tab may be in use. It asks the desk, and while
 * the session lives its answer stays behind the cover for who comes back.
 */
import { Cover } from "./cover.ts";
import { fromTemplate, need } from "./dom.ts";
import { keepLoginOutOfHistory } from "./login-entry.ts";
import { whenSessionsEnd } from "./other-tabs.ts";
import { HIDE_AFTER, SessionClock } from "./session-clock.ts";

const TELL_EVERY = 60_000;
const LOOK_EVERY = 10_000;
const PATIENCE = 5_000;
const INPUTS = ["keydown", "pointerdown", "pointermove", "scroll", "touchstart"] as const;

let lastInput = Date.now();
let lastTold = Date.now();
let lastLooked = Date.now();
let clock = new SessionClock(Date.now(), Infinity);

export function csrfToken(): string {
  return need<HTMLMetaElement>("meta[name=csrf-token]").content;
}

/** Start it where somebody is logged in, and give what lies over the page. */
export function startShell(): Cover | null {
  keepLoginOutOfHistory();
  if (document.querySelector("meta[name=csrf-token]") === null) return null;
  const left = Number(need<HTMLMetaElement>("meta[name=session-seconds-left]").content) * 1_000;
  clock = new SessionClock(Date.now(), left);
  const cover = new Cover({ hidden: () => void look(cover), mayLift });
  for (const name of INPUTS) addEventListener(name, () => noteInput(cover), { passive: true });
  watchTime(cover);
  whenSessionsEnd(() => void look(cover));
  return cover;
}

/** Use the session; whether it lives, and null where the desk could not be asked. */
export async function isSessionAlive(): Promise<boolean | null> {
  return isAlive(await use());
}

async function use(): Promise<Response | null> {
  lastTold = Date.now();
  const answer = await ask("/session/active", "POST");
  if (answer?.ok) await note(answer);
  return answer;
}

/** What a page does with the life of its session, beside being left when it ends. */
export interface Living {
  /** Somebody worked, and the desk knows. */
  worked(): void;
  /** The session is over: put away what may wait for who was here. */
  ended(): Promise<void>;
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
  await living?.ended().catch(() => undefined); // a full storage keeps nobody here
  location.replace("/session-ended");
}

function watchTime(cover: Cover): void {
  const watch = () => {
    const now = Date.now();
    const told = now - lastTold < TELL_EVERY || lastInput <= lastTold;
    if (now - lastInput >= HIDE_AFTER) cover.hide();
    else if (!told) void tellDesk(); // else the desk counts from earlier than the page
    if (clock.isDue(now)) void look(cover);
    else if (!document.hidden && now - lastLooked >= LOOK_EVERY) void peek();
    sayEnding(clock.isEnding(now));
  };
  setInterval(watch, 5_000);
  // A laptop that was asleep is looked at before anyone else can look at it.
  for (const name of ["visibilitychange", "resume"]) {
    document.addEventListener(name, () => {
      watch();
      if (!document.hidden) void look(cover);
    });
  }
  addEventListener("pageshow", watch);
}

/** See whether it was ended from elsewhere; nothing of the page changes where it lives. */
async function peek(): Promise<void> {
  const answer = await askUse();
  if (isAlive(answer) === false) await leave(answer);
}

/** Ask whether the session lives, without using it, and say until when. */
async function look(cover: Cover): Promise<void> {
  const answer = await askUse();
  if (isAlive(answer) === false) return endSession();
  if (answer?.ok) await note(answer);
  const isSure = !clock.isDue(Date.now());
  if (!isSure) cover.hide();
  cover.say(isSure ? clock.until : null);
}

/** Before the cover goes: nobody sees an answer whose session is over. */
async function mayLift(): Promise<boolean> {
  const alive = await isSessionAlive();
  if (alive === false) void endSession();
  if (alive === false || (alive === null && clock.isDue(Date.now()))) return false;
  lastInput = Date.now();
  if (alive) living?.worked();
  return true;
}

function askUse(): Promise<Response | null> {
  lastLooked = Date.now();
  return ask("/session/use", "GET");
}

/**
 * A question that is being filled in stays, and whoever asks it is asked to log in again; not
 * where somebody logged in elsewhere.
 */
async function leave(answer: Response | null): Promise<void> {
  const filling = document.querySelector("#question:not([hidden])") !== null;
  const { type } = ((await answer?.json().catch(() => null)) ?? {}) as { type?: unknown };
  if (!filling || String(type).endsWith("/session-replaced")) await endSession();
}

function ask(path: string, method: "GET" | "POST"): Promise<Response | null> {
  const headers = { "X-CSRF-Token": csrfToken() };
  return fetch(path, { method, headers, signal: AbortSignal.timeout(PATIENCE) }).catch(() => null);
}

function isAlive(answer: Response | null): boolean | null {
  if (answer?.status === 401 || answer?.status === 403) return false;
  return answer?.ok ? true : null;
}

async function note(answer: Response): Promise<void> {
  const { unused, left } = ((await answer.json().catch(() => null)) ?? {}) as { unused?: unknown; left?: unknown };
  if (typeof unused !== "number" || typeof left !== "number") return;
  clock.note({ unused: unused * 1_000, left: left * 1_000 }, Date.now());
}

function sayEnding(isEnding: boolean): void {
  const place = need("#ending");
  if (!isEnding) place.replaceChildren();
  else if (place.childElementCount === 0) place.append(fromTemplate("ending-soon"));
}

function noteInput(cover: Cover): void {
  if (cover.isOpen) return;
  lastInput = Date.now();
  if (lastInput - lastTold >= TELL_EVERY) void tellDesk();
}

/** Keep the session alive; if it is gone already, no answer stays in view. */
async function tellDesk(): Promise<void> {
  const answer = await use();
  if (isAlive(answer)) living?.worked();
  if (isAlive(answer) === false) await leave(answer);
}
