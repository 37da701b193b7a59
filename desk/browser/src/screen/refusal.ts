/** Tell why there is no answer, every ground with what helps, and what to do now. */
import { BudgetSpent, ConfigRefused, type Ground, HoldersUnavailable, Misplaced, NotOpen, Offline, type Problem, Refused, slugOf, TimedOut, Told } from "../errors.ts";
import { fill, fromTemplate, need, show } from "./dom.ts";
import { text } from "./texts.ts";

const REPLACED = "session-replaced";
const SESSION_GONE = ["not-logged-in", "session-ended", REPLACED, "foreign-page"];

/** Whether only logging in again helps. */
export function isSessionGone(error: unknown): boolean {
  return error instanceof Told && SESSION_GONE.includes(slugOf(error.problem));
}

/** Whether logging in with a second step helps. */
function isUnsure(error: unknown): boolean {
  return error instanceof Told && (error.problem.grounds ?? []).some((ground) => ground.id === "login-not-sure-enough");
}

/** What stands below a refusal: the way to log in, instead of or beside asking again. */
export function stateOf(error: unknown): string {
  return isSessionGone(error) ? "refused logged-out" : isUnsure(error) ? "refused log-in" : "refused";
}

/** `drawn` is the reference to name where no other party gave one. */
export function paintRefusal(place: HTMLElement, error: unknown, drawn: string | null = null): void {
  const refusal = fromTemplate("refusal");
  const { title, advice, grounds, reference: given } = describe(error);
  const reference = given ?? drawn;
  fill(refusal, { title, advice, reference });
  show(need("[data-reference]", refusal), reference !== null);
  // A case system's page, in which this is a part, has its own way in; below the answer's own place stands one.
  const isOwnPage = document.querySelector("meta[name=csrf-token]") !== null;
  show(need("[data-log-in]", refusal), isSessionGone(error) && isOwnPage && place.id !== "answer");
  need("[data-grounds]", refusal).replaceChildren(...grounds.map(paintGround));
  place.replaceChildren(refusal);
}

interface Told4People {
  title: string;
  advice: string;
  grounds: readonly Ground[];
  reference: string | null;
}

function describe(error: unknown): Told4People {
  if (error instanceof Told && slugOf(error.problem) === REPLACED) return plain(REPLACED);
  if (isSessionGone(error)) return plain("session-gone");
  if (error instanceof Told) return describeProblem(error.problem);
  if (error instanceof BudgetSpent) return plain("budget-spent");
  if (error instanceof HoldersUnavailable) return plain("holders-unavailable");
  if (error instanceof TimedOut) return plain("timed-out");
  if (error instanceof Offline) return plain("offline");
  if (error instanceof ConfigRefused) return { ...plain("config-refused"), reference: error.reason };
  if (error instanceof Misplaced) return { ...plain("misplaced"), reference: error.attribute };
  if (error instanceof NotOpen) return plain("not-open");
  return plain(error instanceof Refused ? "malformed" : "unexpected");
}

function describeProblem(problem: Problem): Told4People {
  const grounds = problem.grounds ?? [];
  const advice = problem.detail ?? (grounds.length > 0 ? text("refused-advice") : text("unexpected-advice"));
  const title = problem.title === "" ? text("unexpected-title") : problem.title;
  return { title, advice, grounds, reference: problem.reference ?? null };
}

function plain(name: string): Told4People {
  return { title: text(`${name}-title`), advice: text(`${name}-advice`), grounds: [], reference: null };
}

function paintGround(ground: Ground): DocumentFragment {
  const item = fromTemplate("ground");
  fill(item, { text: ground.text, remedy: ground.remedy });
  return item;
}
