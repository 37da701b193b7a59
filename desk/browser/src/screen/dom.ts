/** Small ways to reach into the page; text only ever becomes text, never markup. */

export function need<T extends Element = HTMLElement>(selector: string, within: ParentNode = document): T {
  const found = within.querySelector<T>(selector);
  if (found === null) throw new Error(`the page lacks ${selector}`);
  return found;
}

export function all<T extends Element = HTMLElement>(selector: string, within: ParentNode = document): T[] {
  return [...within.querySelectorAll<T>(selector)];
}

let pieces: ParentNode | null = null;

/** Take templates and icons from here instead of from the page: a web component's own. */
export function usePieces(own: ParentNode): void {
  pieces = own;
}

/** A fresh copy of what stands in a `<template>`. */
export function fromTemplate(id: string): DocumentFragment {
  const template = need<HTMLTemplateElement>(`template#${id}`, pieces ?? document);
  return template.content.cloneNode(true) as DocumentFragment;
}

export function hasTemplate(id: string): boolean {
  return (pieces ?? document).querySelector(`template#${id}`) !== null;
}

/** Fill the elements marked `data-slot`; an empty value takes its element away. */
export function fill(within: ParentNode, slots: Readonly<Record<string, string | null>>): void {
  for (const [name, text] of Object.entries(slots)) {
    for (const element of all(`[data-slot="${name}"]`, within)) {
      if (!text) element.remove();
      else element.textContent = text;
    }
  }
}

export function hasIcon(name: string): boolean {
  return (pieces ?? document).querySelector(`#icon-${name}`) !== null;
}

export function show(element: HTMLElement, visible: boolean): void {
  element.hidden = !visible;
}

/** Move focus to the heading of what is new, and the view to the top of the page. */
export function focusOn(element: HTMLElement): void {
  element.tabIndex = -1;
  element.focus({ preventScroll: true });
  scrollTo({ top: 0 });
}
