/** Beside the flags of one person: which colleague helps them too, and following the case. */
import { Refused, Told } from "../errors.ts";
import { namedIn, type Part } from "../lookup.ts";
import type { Relay } from "../relay.ts";
import { all, fill, fromTemplate, need, show } from "./dom.ts";
import { writeDay } from "./moments.ts";
import { isSessionGone } from "./refusal.ts";
import { text } from "./texts.ts";

/** Name the colleagues of the same organisation who follow this citizen: they come first. */
export function paintColleagues(part: Part): DocumentFragment {
  const painted = document.createDocumentFragment();
  for (const colleague of part.colleagues ?? []) {
    const line = fromTemplate("colleague");
    const name = colleague.name ?? text("colleague-unnamed");
    const who = colleague.team === null ? name : text("colleague-of-team", { name, team: colleague.team });
    fill(line, { who, since: text("colleague-since", { day: writeDay(colleague.since) }) });
    painted.append(line);
  }
  return painted;
}

/** Offer to follow, where the municipality allows it: never without the citizen knowing. */
export function offerFollow(part: Part, relay: Relay): DocumentFragment {
  const named = namedIn(part);
  if (part.canFollow !== true || named === undefined) return document.createDocumentFragment();
  const offer = fromTemplate("follow");
  const until = part.followedUntil ?? null;
  fill(offer, { followed: until === null ? null : text("followed-until", { day: writeDay(until) }) });
  const ticks = all<HTMLInputElement>("[data-knows]", offer);
  const error = need("[data-knows-error]", offer);
  const button = need<HTMLButtonElement>("[data-follow-go]", offer);
  const said = need("[data-follow-said]", offer);
  const fields = need("[data-follow-fields]", offer);

  const follow = async (): Promise<void> => {
    const knows = ticks.find((tick) => tick.checked);
    show(error, knows === undefined);
    for (const tick of ticks) tick.setAttribute("aria-invalid", String(knows === undefined));
    if (knows === undefined) return ticks[0]?.focus();
    button.disabled = true;
    try {
      const body = { ...named, informed: knows.value };
      const made = (await relay.act(`/lookups/${part.entryId}/follow`, body)) as { readonly until: string };
      said.textContent = text("follow-begun", { day: writeDay(made.until) });
      said.tabIndex = -1;
      said.focus(); // before the button under the finger goes
      show(fields, false);
    } catch (failure) {
      if (!(failure instanceof Refused)) throw failure;
      said.textContent = whyNot(failure);
    } finally {
      button.disabled = false;
    }
  };
  button.addEventListener("click", () => void follow());
  return offer;
}

function whyNot(failure: Refused): string {
  if (isSessionGone(failure)) return text("follow-logged-out");
  const told = failure instanceof Told ? failure.problem.title : "";
  return told === "" ? text("follow-failed") : text("follow-refused", { told });
}
