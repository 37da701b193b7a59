/**
 * The thirteen life domains with the flags of each beside it: what generalist and citizen
 * think together, from 1 to 5. It lives in the page alone and goes when the answer goes;
 * it leaves only by the press that says so, as text or to the system around it, and then
 * without a person or a flag. No score, no total, no criteria.
 */
import type { Flag, Part } from "../lookup.ts";
import type { Who } from "./answer.ts";
import { all, fill, fromTemplate, need, show } from "./dom.ts";
import { type Estimate, writeEstimates } from "./estimates.ts";
import type { DomainLabels } from "./flag.ts";
import { text } from "./texts.ts";

const DISCUSS_FROM = 4;

/** Hands estimates to the system that this page stands in; `person` counts from 1. */
export type Hand = (person: number, estimates: readonly Estimate[]) => void;

interface Row {
  readonly fragment: DocumentFragment;
  read(): Estimate | null;
  clear(): void;
}

/** One folded list for one person; `hand` where a system around it takes estimates over. */
export function offerEstimates(part: Part, labels: DomainLabels, who: Who, hand: Hand | null = null): DocumentFragment {
  const offer = fromTemplate("self-reliance");
  const rows = [...labels].map(([code, label]) => paintRow({ code, label, group: `estimate-${who.number}-${code}` }, part.flags));
  const read = () => rows.map((row) => row.read()).filter((each) => each !== null);
  const said = need("[data-said]", offer);
  const byHand = need<HTMLTextAreaElement>("[data-by-hand]", offer);
  need("[data-estimates]", offer).replaceChildren(...rows.map((row) => row.fragment));
  const leave = (how: (estimates: readonly Estimate[]) => Promise<string>) => async () => {
    const estimates = read();
    show(byHand, false);
    said.textContent = estimates.length === 0 ? text("estimates-none") : await how(estimates);
  };
  need("[data-copy]", offer).addEventListener("click", leave((estimates) => copy(writeEstimates(estimates, new Date()), byHand)));
  const button = need("[data-hand]", offer);
  show(button, hand !== null);
  button.addEventListener("click", leave(async (estimates) => {
    hand?.(Math.max(who.number, 1), estimates);
    return text("estimates-handed");
  }));
  need("[data-clear]", offer).addEventListener("click", () => {
    for (const row of rows) row.clear();
    show(byHand, false);
    said.textContent = "";
  });
  return offer;
}

/** Put text on the clipboard, or show it to be copied by hand where the browser refuses. */
async function copy(written: string, byHand: HTMLTextAreaElement): Promise<string> {
  try {
    await navigator.clipboard.writeText(written);
    return text("estimates-copied");
  } catch {
    byHand.value = written;
    show(byHand, true);
    byHand.select();
    return text("estimates-by-hand");
  }
}

function paintRow({ code, label, group }: { code: string; label: string; group: string }, flags: readonly Flag[]): Row {
  const fragment = fromTemplate("estimate");
  const here = new Set(flags.filter((flag) => flag.lifeDomains.includes(code)).map((flag) => flag.organisation));
  fill(fragment, { domain: label });
  for (const hint of all("[data-hint]", fragment)) if (hint.dataset["hint"] !== code) hint.remove();
  need("[data-flagged]", fragment).replaceChildren(...[...here].map(paintFlagged));
  const discuss = need("[data-discuss]", fragment);
  const marks = all<HTMLInputElement>("input", fragment);
  for (const mark of marks) {
    mark.name = group;
    mark.addEventListener("change", () => {
      discuss.textContent = here.size > 0 && Number(mark.value) >= DISCUSS_FROM ? text("discuss-estimate") : "";
    });
  }
  return {
    fragment,
    read: () => {
      const chosen = marks.find((mark) => mark.checked);
      return chosen === undefined ? null : { domain: code, label, estimate: Number(chosen.value) };
    },
    clear: () => {
      for (const mark of marks) mark.checked = false;
      discuss.textContent = "";
    },
  };
}

function paintFlagged(organisation: string): DocumentFragment {
  const line = fromTemplate("estimate-flag");
  fill(line, { organisation });
  return line;
}
