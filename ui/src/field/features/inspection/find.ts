/**
 * Finding an item by its words, its number, a clause, or the initials of the pinyin ("wsnd" finds 瓦斯浓度). The words
 * are there at once; the initials are spelled in small steps between frames, for they need a dictionary.
 */
import type { Item, Standard } from '$shared/generated/core';

/** Each sign of a text as the letters that it may begin with; a sign that is no letter is left out. */
export type Initials = readonly string[];

/** What an item is found by. */
export type Entry = { id: string; words: string; title: string; initials: Initials | null };

/** Letters that a sign may begin with: all of a sign with several readings, none for punctuation. */
export type Spell = (sign: string) => string;

export function entryOf(item: Item, number: number | undefined, standards: ReadonlyMap<string, Standard>): Entry {
  const basis = (item.basis ?? []).flatMap((one) => [one.clause ?? '', standards.get(one.standard)?.number ?? '']);
  const limits = (item.limits ?? []).flatMap((limit) => [limit.text.zh, limit.text.en]);
  const words = [item.text.zh, item.text.en, item.id, ...basis, ...limits, number === undefined ? '' : `#${number}`];
  return { id: item.id, words: words.join('\n').toLowerCase(), title: item.text.zh, initials: null };
}

export function initialsOf(text: string, spell: Spell): Initials {
  return [...text].map(spell).filter((letters) => letters !== '');
}

/** Whether letters typed one after another are initials of neighbouring signs. */
export function matchesInitials(typed: string, initials: Initials): boolean {
  const last = initials.length - typed.length;
  for (let start = 0; start <= last; start += 1) {
    let at = 0;
    while (at < typed.length && initials[start + at]?.includes(typed.charAt(at))) at += 1;
    if (at === typed.length) return true;
  }
  return false;
}

/** The words of a query; every one must be found. */
export function wordsOf(query: string): string[] {
  return query.toLowerCase().split(/\s+/).filter(Boolean);
}

/** Letters alone may be initials; one letter would find nearly everything. */
export function mayBeInitials(word: string): boolean {
  return /^[a-z0-9]{2,}$/.test(word);
}

export function matchesWords(words: readonly string[], entry: Entry, note: string | null): boolean {
  const written = note?.toLowerCase() ?? '';
  return words.every(
    (word) =>
      entry.words.includes(word) ||
      written.includes(word) ||
      (entry.initials !== null && mayBeInitials(word) && matchesInitials(word, entry.initials)),
  );
}

/** How the spelling is fitted between frames. */
export type Steps = { now: () => number; pause: () => Promise<void>; budgetMs: number };

/** Spells all entries; gives way whenever the budget of a step is used up. Resolves to `false` when told to stop. */
export async function spellAll(entries: readonly Entry[], spell: Spell, steps: Steps, stopped: () => boolean): Promise<boolean> {
  let begun = steps.now();
  for (const entry of entries) {
    entry.initials ??= initialsOf(entry.title, spell);
    if (steps.now() - begun < steps.budgetMs) continue;
    await steps.pause();
    if (stopped()) return false;
    begun = steps.now();
  }
  return !stopped();
}
