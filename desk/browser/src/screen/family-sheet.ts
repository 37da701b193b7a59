/**
 * "Gezinsblad": one sheet of A4, made with the family, who chooses what is on it and says
 * in its own words what somebody helps with. It is recorded first; only then does the page
 * hold a sheet and does the browser's window open, to print or to keep it as a PDF. What
 * is typed goes on the sheet and nowhere else. Once that window has closed the sheet is
 * gone: another print is another record.
 */
import { Refused } from "../errors.ts";
import type { Flag, Part } from "../lookup.ts";
import type { Relay } from "../relay.ts";
import { all, fill, fromTemplate, need, show } from "./dom.ts";
import { type FamilyLine, findForbidden, isNeverPrinted, joinLines, writeLines } from "./family-lines.ts";
import { LIST } from "./gaps.ts";
import { writeDay } from "./moments.ts";
import type { Category } from "./question.ts";
import { text } from "./texts.ts";

/** Where a name is written by hand. */
const BLANK = "…………………";
const SIZES = ["large", "medium", "small", "tiny"];

/** What was chosen for one person, and the entry that a print of it is recorded on. */
interface Chosen {
  readonly entry: string;
  readonly lines: readonly FamilyLine[];
}

/** The offer, and whoever coordinates since this answer: on it at once, and off it again. */
export interface FamilySheet {
  readonly fragment: DocumentFragment;
  lead(entry: string, flag: Flag | null): void;
}

/** Offer one sheet for everyone who was asked about; `names` are what they are called here. */
export function offerFamilySheet(
  parts: readonly Part[], names: readonly string[], categories: readonly Category[], relay: Relay,
): FamilySheet {
  const coordinating = new Set(categories.filter((each) => each.coordinates).map((each) => each.id));
  const offers = parts.map((part, place) => offerPerson(part, names[place] ?? "", text("person", { number: String(place + 1) }), coordinating));
  const offer = fromTemplate("family");
  const whole = need("[data-family]", offer);
  const turn = () => show(whole, offers.some((each) => !each.element.hidden));
  turn();
  show(need("[data-never]", offer), parts.some((part) => part.flags.some(isNeverPrinted)));
  need("[data-people]", offer).append(...offers.map((each) => each.element));
  const said = need("[data-said]", offer);
  const button = need<HTMLButtonElement>("[data-print]", offer);
  button.addEventListener("click", async () => {
    button.disabled = true;
    said.textContent = "";
    const chosen = offers.map((each) => each.read()).filter((each) => each.lines.length > 0);
    said.textContent = await print(chosen, (entry) => relay.recordPrint(entry));
    button.disabled = false;
  });
  const lead = (entry: string, flag: Flag | null) => {
    offers[parts.findIndex((part) => part.entryId === entry)]?.lead(flag);
    turn();
  };
  return { fragment: offer, lead };
}

/** Take the sheet out of the page. */
export function clearSheet(): void {
  for (const sheet of all("body > .desk-sheet")) sheet.remove();
  document.body.classList.remove("has-sheet");
}

/** What is offered of one person; hidden while there is nobody to put on the sheet. */
interface Offer {
  readonly element: HTMLElement;
  read(): Chosen;
  lead(flag: Flag | null): void;
}

interface Choice {
  readonly element: Element;
  read(): FamilyLine | null;
}

/** `unnamed`: what somebody is called here to whom nobody gave a name. */
function offerPerson(part: Part, name: string, unnamed: string, coordinating: ReadonlySet<string>): Offer {
  const element = need("fieldset", fromTemplate("family-person"));
  fill(element, { who: name === "" ? text("family-choose") : text("family-choose-of", { name }) });
  const place = need("[data-contacts]", element);
  const called = need<HTMLInputElement>("[data-called]", element);
  called.value = name === unnamed ? "" : name;
  show(need("[data-called-field]", element), name !== "");
  const about = () => (name === "" ? [] : [called.value.trim() || BLANK]);
  const paint = (flags: readonly Flag[], lead: ReadonlySet<string>) => writeLines(flags, lead, new Date()).map((line) => paintChoice(line, about));
  const choices = paint(part.flags, coordinating);
  let own: Choice[] = [];
  const lead = (flag: Flag | null) => {
    for (const each of own) each.element.remove();
    own = flag === null ? [] : paint([flag], new Set([flag.category]));
    place.prepend(...own.map((each) => each.element));
    show(element, own.length + choices.length > 0);
  };
  place.replaceChildren(...choices.map((each) => each.element));
  lead(null);
  return { element, lead, read: () => ({ entry: part.entryId, lines: [...own, ...choices].map((each) => each.read()).filter((each) => each !== null) }) };
}

function paintChoice(line: FamilyLine, about: () => readonly string[]): Choice {
  const fragment = fromTemplate("family-contact");
  const who = [line.name, line.role, line.phone || text("family-unreachable")].filter((each) => each !== "").join(", ");
  fill(fragment, { organisation: line.organisation, who, lead: line.coordinates ? text("family-coordinates") : null });
  const chosen = need<HTMLInputElement>("[data-chosen]", fragment);
  const more = need("[data-more]", fragment);
  const discreet = need<HTMLInputElement>("[data-discreet]", fragment);
  const words = need<HTMLInputElement>("[data-words]", fragment);
  show(need("[data-discreet-field]", fragment), line.tells);
  words.setAttribute("aria-label", text("family-words", { organisation: line.organisation }));
  chosen.addEventListener("change", () => show(more, chosen.checked));
  const read = () => {
    if (!chosen.checked) return null;
    const organisation = line.tells && discreet.checked ? "" : line.organisation;
    return { ...line, organisation, helpsWith: words.value.trim(), about: about() };
  };
  return { element: fragment.firstElementChild as Element, read };
}

/** Print what was chosen and say how it went; what was not recorded is not printed. */
async function print(chosen: readonly Chosen[], record: (entry: string) => Promise<void>): Promise<string> {
  clearSheet();
  const lines = joinLines(chosen.flatMap((each) => each.lines));
  if (lines.length === 0) return text("family-nobody");
  const forbidden = lines.flatMap((line) => [line.helpsWith, ...line.about].map(findForbidden)).find((each) => each !== null);
  if (forbidden) return text(forbidden === "number" ? "family-no-number" : "family-no-name");
  const sheet = paintSheet(lines);
  document.body.append(sheet);
  if (!fitOnOnePage(sheet)) {
    sheet.remove();
    return text("family-too-full");
  }
  try {
    for (const { entry } of chosen) await record(entry);
  } catch (error) {
    sheet.remove();
    if (!(error instanceof Refused)) throw error;
    return text("family-failed");
  }
  openPrinter(sheet);
  return text("family-printed");
}

/** Hand the sheet to the browser; the name of a PDF says what it is and not whose. */
function openPrinter(sheet: HTMLElement): void {
  const title = document.title;
  const close = () => {
    document.title = title;
    clearSheet();
  };
  document.title = text("family-file");
  sheet.removeAttribute("aria-hidden"); // a PDF is read aloud too
  document.body.classList.add("has-sheet"); // from here on the printer gets the sheet
  addEventListener("afterprint", close, { once: true });
  window.print();
}

function paintSheet(lines: readonly FamilyLine[]): HTMLElement {
  const page = fromTemplate("sheet");
  fill(page, { made: text("family-made", { day: writeDay(new Date().toISOString()) }) });
  need("[data-lines]", page).replaceChildren(...lines.map(paintLine));
  return need(".desk-sheet", page);
}

function paintLine(line: FamilyLine): DocumentFragment {
  const painted = fromTemplate("sheet-line");
  const { organisation, name, role, phone, hours, outOfHours, deputy, helpsWith, coordinates, about } = line;
  const title = organisation || name || role;
  const others = title === organisation ? { name, role } : { name: "", role: title === role ? "" : role };
  const lead = coordinates ? text("family-coordinates") : "";
  show(need("[data-blank]", painted), helpsWith === "");
  fill(painted, { organisation: title, ...others, phone, hours, outOfHours, deputy, helpsWith, lead, about: about.length === 0 ? "" : text("family-about", { names: LIST.format(about) }) });
  return painted;
}

/** Choose the largest letters with which all of it stands on one page. */
function fitOnOnePage(sheet: HTMLElement): boolean {
  return SIZES.some((size) => {
    sheet.dataset["size"] = size;
    return sheet.scrollHeight <= sheet.clientHeight;
  });
}
