// Lists typed as lines. Pure.

import type { SiteContact } from '$shared/generated/core';

/** Lines without blanks around them, without empty and repeated ones. */
export function parseLines(text: string): string[] {
  return [...new Set(text.split('\n').map((line) => line.trim()))].filter((line) => line !== '');
}

/** Contacts as `duty: name` lines. */
export function contactLines(contacts: readonly SiteContact[]): string {
  return contacts.map((contact) => `${contact.duty}: ${contact.name}`).join('\n');
}

/** Reads `duty: name` lines; both colons are understood. A line without a colon is a name without a duty. */
export function parseContacts(text: string): SiteContact[] {
  return parseLines(text).map((line) => {
    const at = line.search(/[:：]/);
    return at < 0 ? { duty: '', name: line } : { duty: line.slice(0, at).trim(), name: line.slice(at + 1).trim() };
  });
}
