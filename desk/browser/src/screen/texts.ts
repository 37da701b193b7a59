/** Texts of the screen, handed over by the page from the one message catalogue. */
import { need } from "./dom.ts";

let texts: Readonly<Record<string, string>> | null = null;

/** Take the texts from here instead of from the page. */
export function useTexts(own: Readonly<Record<string, string>>): void {
  texts = own;
}

/** Give a text with its values filled in; an unknown name is a fault, never a gap. */
export function text(name: string, values: Readonly<Record<string, string>> = {}): string {
  texts ??= JSON.parse(need("#texts").textContent ?? "{}") as Record<string, string>;
  const found = texts[name];
  if (found === undefined) throw new Error(`no text named ${name}`);
  return found.replace(/\{(\w+)\}/g, (whole, key: string) => values[key] ?? whole);
}
