/**
 * The thirteen life domains beside the flags: what the generalist and the citizen think
 * together, from 1 to 5. It lives in the page alone: nothing reads it but this file, and
 * it goes when the answer goes. No score, no total, no criteria.
 */
import type { Part } from "../lookup.ts";
import type { DomainLabels } from "./flag.ts";
import { all, fill, fromTemplate, need, show } from "./dom.ts";
import { text } from "./texts.ts";

const DISCUSS_FROM = 4;

/** One folded list for one person; `number` keeps the groups of a household apart. */
export function offerEstimates(part: Part, labels: DomainLabels, number: number): DocumentFragment {
  const offer = fromTemplate("self-reliance");
  const flagged = new Set(part.flags.flatMap((flag) => flag.lifeDomains));
  const rows = [...labels].map(([code, label]) => paintRow(`estimate-${number}-${code}`, label, flagged.has(code)));
  need("[data-estimates]", offer).replaceChildren(...rows);
  const list = need("[data-self-reliance]", offer);
  need("[data-clear]", offer).addEventListener("click", () => {
    for (const mark of all<HTMLInputElement>("input", list)) mark.checked = false;
    for (const line of all("[data-discuss]", list)) line.textContent = "";
  });
  return offer;
}

function paintRow(group: string, label: string, isFlagged: boolean): DocumentFragment {
  const row = fromTemplate("estimate");
  fill(row, { domain: label });
  show(need("[data-flagged]", row), isFlagged);
  const discuss = need("[data-discuss]", row);
  for (const mark of all<HTMLInputElement>("input", row)) {
    mark.name = group;
    mark.addEventListener("change", () => {
      discuss.textContent = isFlagged && Number(mark.value) >= DISCUSS_FROM ? text("discuss-estimate") : "";
    });
  }
  return row;
}
