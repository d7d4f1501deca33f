// A measured length on an element. Set through the style object, which a strict content security policy allows, unlike a
// style attribute in markup.

import type { Attachment } from 'svelte/attachments';

/** Lengths to set, by property; numbers are pixels, texts are taken as they are. */
export function sized(lengths: Record<string, number | string>): Attachment<HTMLElement> {
  return (element) => {
    for (const [name, value] of Object.entries(lengths)) element.style.setProperty(name, typeof value === 'number' ? `${value}px` : value);
  };
}
