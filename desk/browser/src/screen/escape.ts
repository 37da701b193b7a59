/**
 * When Escape hides the screen: only where it means nothing else. In a list that is
 * folded out, a day picker, a field that Escape empties or a dialog it has its own work;
 * with another key held down it is a command of the browser or the computer.
 */
const OWN_MEANING = new Set(["search", "date", "datetime-local", "month", "time", "week", "color", "file"]);

/** What is known of a press, and of the page when it came. */
export interface Press {
  readonly key: string;
  readonly repeat: boolean;
  readonly isComposing: boolean;
  readonly defaultPrevented: boolean;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  /** The element it came to, in small letters, and its type where it is an input. */
  readonly tag: string;
  readonly type: string;
  /** Something lies over the page that Escape closes. */
  readonly isCovered: boolean;
}

export function meansHide(press: Press): boolean {
  const isCommand = press.ctrlKey || press.altKey || press.metaKey || press.shiftKey;
  if (press.key !== "Escape" || press.repeat || isCommand) return false;
  if (press.isComposing || press.defaultPrevented || press.isCovered) return false;
  return press.tag !== "select" && !(press.tag === "input" && OWN_MEANING.has(press.type));
}
