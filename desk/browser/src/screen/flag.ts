/** One flag as a card: of what, of whom, whom to call and when somebody answers. */
import { fill, fromTemplate, hasIcon, need } from "./dom.ts";
import { paintCall } from "./call.ts";
import { writeDay } from "./moments.ts";
import { writeStale } from "./reach.ts";
import type { Ordered } from "./order.ts";
import { text } from "./texts.ts";

export type DomainLabels = ReadonlyMap<string, string>;

/** A card, and a way to bring someone to it. */
export interface Card {
  readonly fragment: DocumentFragment;
  focus(): void;
}

export function paintFlag({ flag, place, reach, coordinates }: Ordered, at: { labels: DomainLabels; group: string }): Card {
  const fragment = fromTemplate("flag");
  const contact = flag.contactHolder;
  fill(fragment, {
    category: flag.categoryLabel,
    organisation: flag.organisation,
    lead: coordinates ? text("coordinates") : null,
    name: reach.name || reach.role,
    role: reach.name && reach.role,
    note: reach.note,
    hours: reach.hours,
    since: text("since", { day: writeDay(flag.since) }),
    expires: text("expires", { day: writeDay(flag.expires) }),
    domains: flag.lifeDomains.map((code) => at.labels.get(code) ?? code).join(" · "),
    stale: writeStale(contact) || null,
  });
  const [domain = ""] = flag.lifeDomains;
  need<SVGUseElement>("use", fragment).setAttribute("href", `#${hasIcon(domain) ? `icon-${domain}` : "icon-domain"}`);
  const card = need("article", fragment);
  card.dataset["place"] = String(place);
  const title = need("h3", card);
  title.id = `${at.group}-${place}`;
  card.setAttribute("aria-labelledby", title.id);
  paintCall(need<HTMLAnchorElement>("[data-call]", card), reach.phone, reach.name || reach.role, reach.isOpen);
  return { fragment, focus: () => bring(card, title) };
}

function bring(card: HTMLElement, title: HTMLElement): void {
  title.tabIndex = -1;
  title.focus({ preventScroll: true });
  card.scrollIntoView({ block: "start" });
}
