/** Paint an answer: cards per life domain, what was asked of whom, one tap afterwards. */
import { Refused } from "../errors.ts";
import type { Answer, Flag, Freshness, Part } from "../lookup.ts";
import type { Category } from "./question.ts";
import type { Relay } from "../relay.ts";
import { all, fill, fromTemplate, hasIcon, need, show } from "./dom.ts";
import { linkPhone, writeDay, writePhone } from "./moments.ts";
import { chooseReach, writeHours } from "./reach.ts";
import { text } from "./texts.ts";

const MOST_ABREAST = 3;

export type DomainLabels = ReadonlyMap<string, string>;

/** What an answer is painted with. */
export interface Palette {
  readonly labels: DomainLabels;
  /** What the chosen purpose may show, also where nobody is connected yet. */
  readonly categories: readonly Category[];
  readonly relay: Relay;
  /** What a page offers beside one person's flags; `number` is 0 where one was asked about. */
  readonly beside?: (part: Part, number: number) => DocumentFragment;
}

/** Fill the answer's place with one section per person. */
export function paintAnswer(place: HTMLElement, answer: Answer, palette: Palette): void {
  place.replaceChildren();
  answer.parts.forEach((part, index) => {
    place.append(paintPart(part, answer.parts.length > 1 ? index + 1 : 0, palette));
  });
  const [first] = answer.parts;
  if (first !== undefined) place.append(paintReach(first, palette.categories));
}

/** What the purpose shows, and how recent it is: the same for everyone asked about. */
function paintReach(part: Part, categories: readonly Category[]): DocumentFragment {
  const reach = fromTemplate("reach");
  fill(reach, { scope: part.scope, absent: writeAbsent(part.sources, categories) });
  paintSources(reach, part.sources);
  return reach;
}

/** Name the categories of which nobody tells us anything: there, nothing means nothing. */
function writeAbsent(sources: readonly Freshness[], categories: readonly Category[]): string | null {
  const connected = new Set(sources.map((source) => source.category));
  const absent = categories.filter((category) => !connected.has(category.id));
  if (absent.length === 0) return null;
  return text("not-connected", { categories: absent.map((category) => category.label).join(", ") });
}

function paintPart(part: Part, number: number, palette: Palette): DocumentFragment {
  const section = fromTemplate("part");
  fill(section, {
    person: number === 0 ? text("flags-title") : text("person", { number: String(number) }),
    reference: part.entryId,
  });
  need("h2", section).classList.toggle("desk-for-readers", number === 0);
  const none = need("[data-none]", section);
  show(none, part.flags.length === 0);
  need("[data-cards]", section).replaceChildren(...paintDomains(part.flags, palette.labels));
  offerOutcomes(section, part.entryId, part.flags.length > 0, palette.relay);
  if (palette.beside !== undefined) need("[data-beside]", section).append(palette.beside(part, number));
  return section;
}

function paintDomains(flags: readonly Flag[], labels: DomainLabels): DocumentFragment[] {
  const byDomain = new Map<string, Flag[]>();
  for (const flag of flags) {
    const domain = flag.lifeDomains[0] ?? "";
    byDomain.set(domain, [...(byDomain.get(domain) ?? []), flag]);
  }
  const order = [...labels.keys()];
  return [...byDomain]
    .sort(([one], [other]) => order.indexOf(one) - order.indexOf(other))
    .map(([domain, found]) => paintDomain(domain, found, labels));
}

function paintDomain(domain: string, flags: readonly Flag[], labels: DomainLabels): DocumentFragment {
  const card = fromTemplate("domain");
  fill(card, { domain: labels.get(domain) ?? domain });
  need("article", card).dataset["width"] = String(Math.min(flags.length, MOST_ABREAST));
  const icon = need<SVGUseElement>("use", card);
  const symbol = hasIcon(domain) ? `icon-${domain}` : "icon-domain";
  icon.setAttribute("href", `#${symbol}`);
  need("[data-flags]", card).replaceChildren(...flags.map((flag) => paintFlag(flag, labels)));
  return card;
}

function paintFlag(flag: Flag, labels: DomainLabels): DocumentFragment {
  const item = fromTemplate("flag");
  const contact = flag.contactHolder;
  const reach = chooseReach(contact, new Date());
  const others = flag.lifeDomains.slice(1).map((code) => labels.get(code) ?? code);
  fill(item, {
    category: flag.categoryLabel,
    organisation: flag.organisation,
    name: reach.name === "" ? reach.role : reach.name,
    role: reach.name === "" ? null : reach.role,
    phone: writePhone(reach.phone),
    note: reach.note,
    hours: writeHours(contact.officeHours),
    since: text("since", { day: writeDay(flag.since) }),
    expires: text("expires", { day: writeDay(flag.expires) }),
    also: others.length === 0 ? null : text("also", { domains: others.join(", ") }),
    stale: contact.stale ? text("contact-stale", { day: writeDay(contact.lastVerified) }) : null,
  });
  const call = need<HTMLAnchorElement>("[data-call]", item);
  call.href = linkPhone(reach.phone);
  call.setAttribute("aria-label", text("call-label", { name: reach.name || reach.role, phone: writePhone(reach.phone) }));
  return item;
}

function paintSources(section: DocumentFragment, sources: readonly Freshness[]): void {
  const late = sources.filter((source) => source.stale || source.lastHeard === null);
  const warning = need("[data-late]", section);
  show(warning, late.length > 0);
  need("[data-late-list]", section).replaceChildren(...late.map(paintSource));
  need("[data-sources]", section).replaceChildren(...sources.map(paintSource));
}

function paintSource(source: Freshness): DocumentFragment {
  const line = fromTemplate("source");
  const said = source.stale ? "late-heard" : "last-heard";
  const heard = source.lastHeard === null ? text("never-heard") : text(said, { day: writeDay(source.lastHeard) });
  fill(line, { category: source.categoryLabel, organisation: source.organisation, heard });
  return line;
}

function offerOutcomes(section: DocumentFragment, entry: string, hasFlags: boolean, relay: Relay): void {
  const group = need("[data-outcomes]", section);
  show(group, hasFlags);
  const said = need("[data-outcome-said]", group);
  const buttons = all<HTMLButtonElement>("button[data-outcome]", group);
  for (const button of buttons) {
    button.addEventListener("click", async () => {
      for (const each of buttons) each.disabled = true;
      try {
        await relay.recordOutcome(entry, button.dataset["outcome"] ?? "");
        for (const each of buttons) each.setAttribute("aria-pressed", String(each === button));
        said.textContent = text("outcome-recorded", { outcome: (button.textContent ?? "").trim().toLowerCase() });
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        said.textContent = text("outcome-failed");
        for (const each of buttons) each.disabled = false;
      }
    });
  }
}
