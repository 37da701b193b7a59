/**
 * "Gezinsblad": one sheet of A4, made with the family, who chooses what is on it and says
 * in its own words what somebody helps with. It is recorded first; only then does the page
 * hold a sheet and does the browser's window open, to print or to keep it as a PDF. What
 * is typed goes on the sheet and nowhere else. Once that window has closed the sheet is
 * gone: another print is another record.
 */
import { Refused } from "../errors.ts";
import type { Part } from "../lookup.ts";
import type { Relay } from "../relay.ts";
import { all, fill, fromTemplate, need, show } from "./dom.ts";
import { type FamilyLine, findForbidden, isNeverPrinted, joinLines, writeLines } from "./family-lines.ts";
import { LIST } from "./gaps.ts";
import { writeDay } from "./moments.ts";
import type { Category } from "./question.ts";
import { text } from "./texts.ts";

const SIZES = ["large", "medium", "small", "tiny"];

/** What was chosen for one person, and the entry that a print of it is recorded on. */
interface Chosen {
  readonly entry: string;
  readonly lines: readonly FamilyLine[];
}

/** Offer one sheet for everyone who was asked about; `names` are what they are called here. */
export function offerFamilySheet(
  parts: readonly Part[], names: readonly string[], categories: readonly Category[], relay: Relay,
): DocumentFragment {
  const coordinating = new Set(categories.filter((each) => each.coordinates).map((each) => each.id));
  const offers = parts.map((part, place) => offerPerson(part, names[place] ?? "", coordinating));
  const offer = fromTemplate("family");
  if (offers.every((each) => each === null)) return document.createDocumentFragment();
  show(need("[data-never]", offer), parts.some((part) => part.flags.some(isNeverPrinted)));
  const people = need("[data-people]", offer);
  for (const each of offers) if (each !== null) people.append(each.fragment);
  const said = need("[data-said]", offer);
  const button = need<HTMLButtonElement>("[data-print]", offer);
  button.addEventListener("click", async () => {
    button.disabled = true;
    said.textContent = "";
    const chosen = offers.map((each) => each?.read() ?? null).filter((each) => each !== null && each.lines.length > 0);
    said.textContent = await print(chosen as Chosen[], (entry) => relay.recordPrint(entry));
    button.disabled = false;
  });
  return offer;
}

/** Take the sheet out of the page. */
export function clearSheet(): void {
  for (const sheet of all("body > .desk-sheet")) sheet.remove();
  document.body.classList.remove("has-sheet");
}

interface Offer {
  readonly fragment: DocumentFragment;
  read(): Chosen;
}

function offerPerson(part: Part, name: string, coordinating: ReadonlySet<string>): Offer | null {
  const lines = writeLines(part.flags, coordinating, new Date());
  if (lines.length === 0) return null;
  const fragment = fromTemplate("family-person");
  fill(fragment, { who: name === "" ? text("family-choose") : text("family-choose-of", { name }) });
  const choices = lines.map((line) => paintChoice({ ...line, about: name === "" ? [] : [name] }));
  need("[data-contacts]", fragment).replaceChildren(...choices.map((each) => each.fragment));
  return { fragment, read: () => ({ entry: part.entryId, lines: choices.map((each) => each.read()).filter((each) => each !== null) }) };
}

function paintChoice(line: FamilyLine): { fragment: DocumentFragment; read(): FamilyLine | null } {
  const fragment = fromTemplate("family-contact");
  const who = [line.name, line.role, line.phone].filter((each) => each !== "").join(", ");
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
    return { ...line, organisation, helpsWith: words.value.trim() };
  };
  return { fragment, read };
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
  fill(painted, { organisation: title, ...others, phone, hours, outOfHours, deputy, helpsWith, lead, about: about.length < 2 ? "" : text("family-about", { names: LIST.format(about) }) });
  return painted;
}

/** Choose the largest letters with which all of it stands on one page. */
function fitOnOnePage(sheet: HTMLElement): boolean {
  return SIZES.some((size) => {
    sheet.dataset["size"] = size;
    return sheet.scrollHeight <= sheet.clientHeight;
  });
}
