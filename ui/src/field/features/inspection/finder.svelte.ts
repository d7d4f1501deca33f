/** The search of an inspection: which items a query finds, now by words and soon after by initials. */
import type { Item, Standard } from '$shared/generated/core';
import { entryOf, matchesWords, mayBeInitials, spellAll, wordsOf, type Entry, type Spell, type Steps } from './find';
import type { ChecklistIndex } from './model';

/** A step stays well below a frame. */
const STEPS: Steps = { now: () => performance.now(), pause: () => new Promise((resolve) => setTimeout(resolve)), budgetMs: 4 };

export class Finder {
  /** Rises when the initials became known: what was found before may be more now. */
  spelled = $state(0);
  #entries: ReadonlyMap<string, Entry> | null = null;
  #source: { index: ChecklistIndex; standards: readonly Standard[] } | null = null;
  #spelling: Promise<void> | null = null;
  #load: () => Promise<Spell>;

  constructor(load: () => Promise<Spell> = async () => (await import('./pinyin')).spell) {
    this.#load = load;
  }

  /** Takes a checklist; nothing is prepared before somebody searches. */
  use(index: ChecklistIndex, standards: readonly Standard[]): void {
    this.#source = { index, standards };
    this.#entries = null;
    this.#spelling = null;
  }

  /** Prepares the initials; called when the search is about to be used. */
  prepare(): Promise<void> {
    const entries = [...this.#prepared().values()];
    this.#spelling ??= this.#spell(entries);
    return this.#spelling;
  }

  /** A test of items for a query, or `null` when the query is empty. */
  match(query: string): ((item: Item, note: string | null) => boolean) | null {
    const words = wordsOf(query);
    if (words.length === 0) return null;
    if (words.some(mayBeInitials)) void this.prepare();
    const entries = this.#prepared();
    return (item, note) => {
      const entry = entries.get(item.id);
      return entry !== undefined && matchesWords(words, entry, note);
    };
  }

  #prepared(): ReadonlyMap<string, Entry> {
    if (!this.#entries) {
      const { index, standards } = this.#source ?? { index: null, standards: [] };
      const byId = new Map(standards.map((standard) => [standard.id, standard]));
      this.#entries = new Map([...(index?.items ?? [])].map(([id, item]) => [id, entryOf(item, index?.numbers.get(id), byId)]));
    }
    return this.#entries;
  }

  async #spell(entries: readonly Entry[]): Promise<void> {
    const mine = this.#entries;
    try {
      const spell = await this.#load();
      if (await spellAll(entries, spell, STEPS, () => this.#entries !== mine)) this.spelled += 1;
    } catch {
      // The dictionary could not be loaded: words are still found. The next search tries again.
      this.#spelling = null;
    }
  }
}
