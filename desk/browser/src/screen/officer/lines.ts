/** How many signs fit on a line beside a bar. */
const LINE_LENGTH = 20;

/** Two lines at most: a name that does not fit beside a bar is read in the table. */
export function wrap(label: string): string[] {
  const lines = [""];
  for (const word of label.split(" ")) {
    const last = lines.at(-1) ?? "";
    const longer = last === "" ? word : `${last} ${word}`;
    if (longer.length <= LINE_LENGTH || last === "") lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.length > 2 ? [lines[0] ?? "", `${(lines[1] ?? "").slice(0, LINE_LENGTH - 1)}…`] : lines;
}
