/** What the embedding page asks for with attributes. */
import { Misplaced } from "../errors.ts";

export const ATTRIBUTES = ["relay", "purpose", "legal-basis", "case-reference", "estimates", "involved"] as const;

/** A path on the page's own origin: no scheme, no host, no query, no way up. */
const PATH = /^(?:\/[A-Za-z0-9_~-][A-Za-z0-9_.~-]*)+$/;
const CODE = /^[a-z0-9][a-z0-9.-]{0,63}$/;

export interface Wanted {
  readonly relay: string;
  readonly purpose: string;
  readonly legalBasis: string | null;
  readonly caseReference: string | null;
  /** Whether the page around it takes over what generalist and citizen estimate. */
  readonly estimates: boolean;
  /** Whether the user may signal by hand below the answer, where the desk lets them. */
  readonly involved: boolean;
}

/** A person whom the page around the element knows: told to it in memory, never in markup. */
export interface GivenPerson {
  readonly number: string;
  /** What to call them on this screen; it is not sent. */
  readonly name?: string;
}

/** Read the attributes, or throw `Misplaced` naming the one that is not right. */
export function readWanted(element: Element): Wanted {
  const legalBasis = element.getAttribute("legal-basis");
  return {
    relay: demand("relay", element.getAttribute("relay"), PATH),
    purpose: demand("purpose", element.getAttribute("purpose"), CODE),
    legalBasis: legalBasis === null ? null : demand("legal-basis", legalBasis, CODE),
    caseReference: element.getAttribute("case-reference"),
    estimates: element.getAttribute("estimates") !== null,
    involved: element.getAttribute("involved") !== null,
  };
}

/** Throw `Misplaced` where a page of another origin holds this one: it can lay its own over ours. */
export function verifyUnframed(): void {
  try {
    for (let at: Window = window; at !== at.parent; at = at.parent) {
      if (at.parent.location.origin !== location.origin) throw new Misplaced("frame");
    }
  } catch {
    throw new Misplaced("frame"); // nor may we ask where it is of
  }
}

function demand(name: string, value: string | null, form: RegExp): string {
  if (value === null || !form.test(value)) throw new Misplaced(name);
  return value;
}
