/**
 * "Voor op de koelkast": one sheet of A4, made with the citizen, who chooses what is on
 * it. It is recorded first; only then does the page hold a sheet and does the printer's
 * window open. Once that has closed the sheet is gone: another print is another record.
 */
import { Refused } from "../errors.ts";
import type { Part } from "../lookup.ts";
import type { Relay } from "../relay.ts";
import { all, fill, fromTemplate, need, show } from "./dom.ts";
import { writeDay } from "./moments.ts";
import { isNeverPrinted, type PaperLine, writeLines } from "./paper-lines.ts";
import { text } from "./texts.ts";

const SIZES = ["large", "medium", "small", "tiny"];

/** What to choose from for one person; nothing where nothing may be printed. */
export function offerPaper(part: Part, relay: Relay): DocumentFragment {
  const offer = fromTemplate("paper");
  const lines = writeLines(part.flags, new Date());
  if (lines.length === 0) return document.createDocumentFragment();
  show(need("[data-never]", offer), part.flags.some(isNeverPrinted));
  need("[data-contacts]", offer).replaceChildren(...lines.map(paintChoice));
  const said = need("[data-said]", offer);
  const contacts = need("[data-contacts]", offer);
  const button = need<HTMLButtonElement>("[data-print]", offer);
  button.addEventListener("click", async () => {
    button.disabled = true;
    said.textContent = await print(readChoice(contacts, lines), () => relay.recordPrint(part.entryId));
    button.disabled = false;
  });
  return offer;
}

/** Take the sheet out of the page. */
export function clearPaper(): void {
  for (const sheet of all("body > .desk-sheet")) sheet.remove();
  document.body.classList.remove("has-sheet");
}

function paintChoice(line: PaperLine): DocumentFragment {
  const choice = fromTemplate("paper-contact");
  const who = [line.name, line.role, line.phone].filter((each) => each !== "").join(", ");
  fill(choice, { organisation: line.organisation, who });
  show(need("[data-discreet-field]", choice), line.tells);
  return choice;
}

function readChoice(contacts: HTMLElement, lines: readonly PaperLine[]): PaperLine[] {
  const chosen = all<HTMLInputElement>("[data-chosen]", contacts);
  const discreet = all<HTMLInputElement>("[data-discreet]", contacts);
  return lines
    .map((line, place) => (line.tells && discreet[place]?.checked ? { ...line, organisation: "" } : line))
    .filter((_, place) => chosen[place]?.checked);
}

/** Print these lines and say how it went; what was not recorded is not printed. */
async function print(lines: readonly PaperLine[], record: () => Promise<void>): Promise<string> {
  clearPaper();
  if (lines.length === 0) return text("paper-nobody");
  const sheet = paintSheet(lines);
  document.body.append(sheet);
  if (!fitOnOnePage(sheet)) {
    sheet.remove();
    return text("paper-too-full");
  }
  try {
    await record();
  } catch (error) {
    sheet.remove();
    if (!(error instanceof Refused)) throw error;
    return text("paper-failed");
  }
  document.body.classList.add("has-sheet"); // from here on the printer gets the sheet
  addEventListener("afterprint", clearPaper, { once: true });
  window.print();
  return text("paper-printed");
}

function paintSheet(lines: readonly PaperLine[]): HTMLElement {
  const page = fromTemplate("sheet");
  fill(page, { made: text("paper-made", { day: writeDay(new Date().toISOString()) }) });
  need("[data-lines]", page).replaceChildren(...lines.map(paintLine));
  return need(".desk-sheet", page);
}

function paintLine(line: PaperLine): DocumentFragment {
  const painted = fromTemplate("sheet-line");
  const { organisation, name, role, phone, hours, outOfHours, deputy } = line;
  const title = organisation || name || role;
  const others = title === organisation ? { name, role } : { name: "", role: title === role ? "" : role };
  fill(painted, { organisation: title, ...others, phone, hours, outOfHours, deputy });
  return painted;
}

/** Choose the largest letters with which all of it stands on one page. */
function fitOnOnePage(sheet: HTMLElement): boolean {
  return SIZES.some((size) => {
    sheet.dataset["size"] = size;
    return sheet.scrollHeight <= sheet.clientHeight;
  });
}
