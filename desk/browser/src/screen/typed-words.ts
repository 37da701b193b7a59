/**
 * What typed words hold, however they are written: other signs, other widths of letters
 * and signs that nobody sees change nothing.
 */
import { numberIn } from "../bsn.ts";

const LENGTH = 9;
/** A phone number of the Netherlands: its digits may look like somebody's number. */
const ABROAD = /(?:\+|\b00)31[ .()\/-]*(?:0[ .()\/-]*)?[1-9](?:[ .()\/-]*\d){8}(?!\d)/g;
const AT_HOME = /^0[1-9]\d{8}$/;
/** The digits of Arabic and Persian: the last four bits are what they say. */
const OTHER_DIGITS = /[\u0660-\u0669\u06f0-\u06f9]/g;

/** The letters and digits alone, in lower case and without accents. */
export function lettersOf(words: string): string {
  return words.normalize("NFKD").toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}

/**
 * Whether somebody's citizen service number stands in it, whatever stands between or near
 * its digits. Dates, times and phone numbers are let through, but for one in eleven whose
 * groups of digits happen to make a number that could be somebody's.
 */
export function holdsCitizenNumber(words: string): boolean {
  const plain = words
    .normalize("NFKC")
    .replace(OTHER_DIGITS, (digit) => String(digit.charCodeAt(0) & 15))
    .replace(/\p{Cf}/gu, "")
    .replace(ABROAD, " ");
  const groups = plain.match(/\d+/g) ?? [];
  return groups.some((group, place) => holdsOne(group) || beginsOne(groups.slice(place)));
}

/** Whether one group of digits is a number, or has one among more digits. */
function holdsOne(group: string): boolean {
  if (AT_HOME.test(group)) return false;
  return [...group].some((_, start) => numberIn(group.slice(start, start + LENGTH)) !== "");
}

/** Whether whole groups, from the first on, make a number together. */
function beginsOne(groups: readonly string[]): boolean {
  let joined = "";
  for (const group of groups) {
    joined += group;
    if (joined.length >= LENGTH) return numberIn(joined) !== "";
  }
  return false;
}
