/** What generalist and citizen do together beside the flags, where the page offers it. */
import type { Part } from "../lookup.ts";
import type { Who } from "./answer.ts";
import type { DomainLabels } from "./flag.ts";
import { offerEstimates } from "./self-reliance.ts";

/** A page without these templates (glass was broken: nobody looks along) offers nothing. */
export function offerTogether(labels: DomainLabels): (part: Part, who: Who) => DocumentFragment {
  return (part, who) => {
    const beside = document.createDocumentFragment();
    if (document.querySelector("template#self-reliance") === null) return beside;
    beside.append(offerEstimates(part, labels, who));
    return beside;
  };
}
