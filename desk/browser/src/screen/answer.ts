/** Paint an answer as a work sheet: gaps first, then per person whom to call and in which order. */
import type { Answer, Part } from "../lookup.ts";
import type { Relay } from "../relay.ts";
import { all, fill, fromTemplate, need, show } from "./dom.ts";
import { paintCall } from "./call.ts";
import { type DomainLabels, paintFlag } from "./flag.ts";
import { offerFollow, paintColleagues } from "./follow.ts";
import { findLate, joinParts, LIST, writeAbsent, writeBeyond, writeByHand, writeCoordinator, writeLead, writeNotAsked, writeSilent, writeUnknown } from "./gaps.ts";
import { writeDay, writeMoment } from "./moments.ts";
import { type Call, Calls, orderCalls, orderFlags, type Ordered } from "./order.ts";
import { offerOutcome, tellNobody } from "./outcome.ts";
import type { Category } from "./question.ts";
import { writeStale } from "./reach.ts";
import { text } from "./texts.ts";

/** One of the people asked about; `number` is 0 where it is the only one. */
export interface Who {
  readonly number: number;
  /** What this person is called on this page, and nowhere else. */
  readonly name: string;
}

/** What an answer is painted with. */
export interface Palette {
  readonly labels: DomainLabels;
  /** What the chosen purpose may show, also where nobody is connected yet. */
  readonly categories: readonly Category[];
  readonly relay: Relay;
  /** What the people asked about are called, in order; nothing of it was sent. */
  readonly names?: readonly string[];
  /** What its purpose does not show and somebody here tells of, as called in a sentence. */
  readonly beyond: readonly string[];
  /** Somebody may be in danger: first whom one can reach now, and nothing beside it. */
  readonly isUrgent?: boolean;
  /** What a page offers below one person's flags; nothing where nobody looks along. */
  readonly beside?: (part: Part, who: Who) => DocumentFragment;
}

/** What to write above an answer. */
export function titleOf(answer: Answer): string {
  return text(answer.parts.some((part) => part.flags.length > 0) ? "answered-title" : "answered-none-title");
}

/**
 * Fill the answer's place: what is not known, then one sheet, or a row per person. Where
 * somebody may be in danger whom to call comes before the rows.
 */
export function paintAnswer(place: HTMLElement, answer: Answer, palette: Palette): void {
  const [first] = answer.parts;
  if (first === undefined) return place.replaceChildren();
  const now = new Date();
  const isHousehold = answer.parts.length > 1;
  const gaps = paintGaps(joinParts(answer.parts), palette, answer.parts.every((part) => part.flags.length === 0));
  const people = answer.parts.map((part, index) => ({
    part,
    number: isHousehold ? index + 1 : 0,
    name: palette.names?.[index] || text("person", { number: String(index + 1) }),
    ordered: orderFlags(part, palette.categories, now, palette.isUrgent),
  }));
  place.replaceChildren(fromTemplate("not-on-paper"), gaps);
  if (palette.isUrgent === true && isHousehold) place.append(paintCalls(orderCalls(people)));
  if (isHousehold && palette.isUrgent !== true) place.append(paintAsked(first));
  for (const { part, number, name, ordered } of people) place.append(paintPart(part, { number, name }, palette, ordered));
  if (palette.isUrgent !== true) return;
  if (isHousehold) place.append(paintAsked(first));
  // The citizen may be in danger of whoever hears the question.
  for (const advice of all("[data-ask-citizen]", place)) advice.remove();
}

function join(...said: readonly string[]): string {
  return said.filter((each) => each !== "").join(" · ");
}

/** Whom to call about all of a household, each number once. */
function paintCalls(calls: readonly Call[]): DocumentFragment {
  if (calls.length === 0) return document.createDocumentFragment();
  const painted = fromTemplate("calls");
  const lines = calls.map(({ organisation, reach, names, flag }) => {
    const line = fromTemplate("call");
    fill(line, { organisation, who: reach.name || reach.role, about: LIST.format(names), when: join(reach.when, writeStale(flag.contactHolder)) });
    paintCall(need<HTMLAnchorElement>("[data-call]", line), reach.phone, organisation, reach.isOpen);
    return line;
  });
  need("[data-calls]", painted).replaceChildren(...lines);
  return painted;
}

/** What is late, not connected or not shown: the same for everyone asked about. */
function paintGaps(part: Part, { categories, beyond }: Palette, isMiss: boolean): DocumentFragment {
  const late = findLate(part, categories);
  const absent = writeAbsent(part, categories);
  const notAsked = writeNotAsked(part, categories);
  const byHand = writeByHand(part, categories);
  const gaps = fromTemplate("gaps");
  const list = need("[data-gaps]", gaps);
  for (const { organisation, said, phone, stale } of late) {
    const line = fromTemplate("late");
    fill(line, { organisation, said, hours: stale || text(phone === null ? "late-no-number" : "hours-unknown") });
    const call = need<HTMLAnchorElement>("[data-call]", line);
    if (phone === null) call.remove();
    else paintCall(call, phone, organisation, false);
    list.append(line);
  }
  fill(gaps, { absent, notAsked, byHand, beyond: writeBeyond(beyond), about: writeUnknown(part, categories, "gaps-about") });
  // On a phone its title says what it is about: whom to call must be on the first screen.
  if (absent === null && byHand === null) need("[data-ask-citizen]", gaps).remove();
  need<HTMLDetailsElement>("details", gaps).open = isMiss || matchMedia("(min-width: 46rem)").matches;
  return gaps;
}

/** Which organisations were asked, and how recent that is. */
function paintAsked(part: Part): DocumentFragment {
  const asked = fromTemplate("asked");
  fill(asked, { scope: part.scope });
  const kinds = new Map<string, string[]>(); // several may tell of one
  for (const { categoryLabel, organisation, lastHeard, ...source } of part.sources) {
    const never = source.byHand ? "heard-by-hand" : "never-heard";
    const said = lastHeard === null ? text(never) : text(source.stale ? "late-heard" : "last-heard", { day: writeDay(lastHeard) });
    const heard = `${organisation} (${source.own ? text("own-organisation") : said})`;
    kinds.set(categoryLabel, [...(kinds.get(categoryLabel) ?? []), heard]);
  }
  const lines = [...kinds].map(([category, heard]) => {
    const line = fromTemplate("source");
    fill(line, { category, heard: LIST.format(heard) });
    return line;
  });
  need("[data-sources]", asked).replaceChildren(...lines);
  return asked;
}

function paintPart(part: Part, who: Who, palette: Palette, ordered: readonly Ordered[]): DocumentFragment {
  const section = fromTemplate("part");
  const calls = new Calls(ordered);
  const work = paintWork(part, who, palette, ordered, calls);
  const more = need("[data-more]", section);
  const element = need("[data-part]", section);
  const title = need("h2", section);
  title.id = `part-${who.number}`;
  if (who.number === 0) {
    title.textContent = text("flags-title");
    title.classList.add("desk-for-readers");
    need("[data-row]", section).replaceWith(title);
    more.remove();
    element.append(work);
    return section;
  }
  element.setAttribute("aria-labelledby", title.id);
  const { categories, isUrgent = false } = palette;
  paintRow(section, isUrgent ? null : calls, ordered.length, {
    lead: writeLead(part, categories, ordered.find((each) => each.coordinates)),
    unknown: writeUnknown(part, categories),
    silent: writeSilent(part, categories),
  });
  const ordinal = text("person", { number: String(who.number) });
  fill(section, {
    person: who.name,
    ordinal: who.name === ordinal ? null : ordinal.toLowerCase(),
    more: text("person-more", { name: who.name }),
    call: text(part.colleagues?.length ? "call-then" : "call-first"),
  });
  const row = need("[data-row]", section);
  row.insertBefore(paintColleagues(part), row.querySelector("[data-first]"));
  more.append(work);
  return section;
}

/** What a row says of who coordinates, of what is not known, and of who was asked. */
interface Said {
  readonly lead: string | null;
  readonly unknown: string | null;
  readonly silent: string | null;
}

/** One line about a person: how many flags, who coordinates, what is not known, and whom to call first, unless that stands above all. */
function paintRow(section: DocumentFragment, calls: Calls | null, count: number, { lead, unknown, silent }: Said): void {
  fill(section, {
    count: count === 0 ? text("count-none") : text(count === 1 ? "count-one" : "count", { count: String(count) }),
    rowLead: lead,
    rowGaps: unknown,
    rowSilent: count === 0 ? silent : null,
  });
  const block = need("[data-first]", section);
  const done = need("[data-all-called]", section);
  const [name, when, call] = [need("[data-slot=first]", block), need("[data-slot=when]", block), need<HTMLAnchorElement>("[data-call-first]", block)];
  if (calls === null) return block.remove();
  calls.show(([first]) => {
    show(block, first !== undefined);
    show(done, first === undefined && calls.isDone);
    if (first === undefined) return;
    name.textContent = first.flag.organisation;
    when.textContent = join(first.reach.isOpen ? "" : first.reach.when, writeStale(first.flag.contactHolder));
    paintCall(call, first.reach.phone, first.flag.organisation, first.reach.isOpen);
  });
}

/** One person's sheet: flags on the left, what to do now on the right. */
function paintWork(part: Part, who: Who, palette: Palette, ordered: readonly Ordered[], calls: Calls): DocumentFragment {
  const work = fromTemplate("work");
  const { categories, labels } = palette;
  const cards = ordered.map((each) => paintFlag(each, { labels, group: `flag-${who.number}` }));
  ordered.forEach((each, index) => offerOf(part, each, cards[index]?.fragment, palette.relay, calls));
  need("[data-flags]", work).replaceChildren(...cards.map((card) => card.fragment));
  const isMiss = ordered.length === 0;
  for (const none of all("[data-none], [data-none-advice]", work)) show(none, isMiss);
  const silent = writeSilent(part, categories);
  fill(work, {
    coordinator: (isMiss ? writeLead : writeCoordinator)(part, categories, ordered.find((each) => each.coordinates)),
    silent: isMiss ? null : silent,
    nobody: isMiss ? (silent ?? text("silent-nobody")) : null,
    reference: part.entryId,
    before: writeBefore(part),
  });
  const [steps, list] = [need("[data-steps]", work), need("[data-order]", work)];
  // In danger a household's calls stand above all of it.
  if (calls.waiting.length < 2 || (palette.isUrgent === true && who.number > 0)) steps.remove();
  else {
    calls.show((waiting) => {
      list.replaceChildren(...waiting.map((each) => paintStep(each, categories, () => cards[ordered.indexOf(each)]?.focus())));
      show(steps, waiting.length > 0);
    });
  }
  if (who.number === 0) need("[data-asked]", work).append(paintAsked(part));
  need("[data-colleagues]", work).replaceChildren(paintColleagues(part));
  if (palette.isUrgent !== true) need("[data-follow-offer]", work).replaceChildren(offerFollow(part, palette.relay));
  if (palette.beside !== undefined) need("[data-beside]", work).append(palette.beside(part, who));
  return work;
}

/** Whether the same was shown before, so that nobody compares by eye. */
function writeBefore({ before, flags }: Part): string | null {
  if (!before) return null;
  const { at, changes } = before;
  const said = changes.length > 0 ? "before-changed" : flags.length > 0 ? "before-same" : "before-none";
  return text(said, { when: writeMoment(at, new Date()), changes: changes.join(". ") });
}

/**
 * Ask what came of a flag on its own card; to the index it is known by its place. What was
 * said of it before is pressed, and changed where it stands: it is one call.
 */
function offerOf(part: Part, { flag, place, isOwn }: Ordered, card: ParentNode | undefined, relay: Relay, calls: Calls): void {
  if (card === undefined) return;
  if (isOwn) return show(need("[data-outcomes]", card), false); // nobody calls themselves
  const group = need("[data-outcome-of]", card);
  group.setAttribute("aria-label", text("outcome-of", { category: flag.categoryLabel, organisation: flag.organisation }));
  const said = part.saidBefore?.find((each) => each.place === place);
  if (said !== undefined) {
    group.querySelector(`[data-outcome="${said.outcome}"]`)?.setAttribute("aria-pressed", "true");
    need("[data-outcome-said]", group).textContent = text("said-before", { when: writeMoment(said.at, new Date()) });
    calls.note(place, said.outcome);
  }
  if (!(part.tells ?? []).includes(flag.category)) tellNobody(group);
  offerOutcome(group, said ?? { entryId: part.entryId, flag: place }, relay, (outcome) => calls.note(place, outcome));
}

/** One step of the order to call in; it leads to its card. */
function paintStep({ flag, reach }: Ordered, categories: readonly Category[], lead: () => void): DocumentFragment {
  const step = fromTemplate("step");
  const about = categories.find((category) => category.id === flag.category)?.short ?? flag.categoryLabel;
  fill(step, { organisation: text("step", { organisation: flag.organisation, about }), when: reach.when });
  need("[data-lead]", step).addEventListener("click", lead);
  return step;
}

