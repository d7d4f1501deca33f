// A review being written: the outcome, the ticked items, the words. It is bound to the submission that the person saw: when
// a newer one arrives, `stale` is set and nothing is sent until they have looked.

import type { ItemKey, ItemView, ReviewOutcome } from '$shared/generated/core';
import type { InspectionPage, ReviewRequest } from '$shared/generated/console';

/** What is missing before a review can be sent. */
export type ReviewGap = 'no_submission' | 'stale' | 'no_outcome' | 'no_items';

/** The review that a person is writing. */
export class ReviewDraft {
  #seen: string | null = $state(null);
  #now: string | null = $state(null);
  /** Chosen outcome. */
  outcome: ReviewOutcome | null = $state(null);
  /** Words to the inspector. */
  comment = $state('');
  /** Items to redo. */
  ticked: ReadonlySet<ItemKey> = $state.raw(new Set());

  /** Takes the newest state of the page. What is ticked stays, except items that are gone. */
  follow(page: InspectionPage): void {
    this.#seen ??= page.frontier;
    this.#now = page.frontier;
    const known = new Set(page.view.items.map((item) => item.key));
    if ([...this.ticked].some((key) => !known.has(key))) this.ticked = new Set([...this.ticked].filter((key) => known.has(key)));
  }

  /** A newer submission than the one that was read has arrived. */
  get stale(): boolean {
    return this.#seen !== this.#now;
  }

  /** The person has looked at the new state. */
  acknowledge(): void {
    this.#seen = this.#now;
  }

  /** Ticks or unticks an item. */
  toggle(key: ItemKey): void {
    const next = new Set(this.ticked);
    if (!next.delete(key)) next.add(key);
    this.ticked = next;
  }

  /** Ticks all items that `pick` chooses beside those that are ticked. */
  tick(items: readonly ItemView[], pick: (item: ItemView) => boolean): void {
    this.ticked = new Set([...this.ticked, ...items.filter(pick).map((item) => item.key)]);
  }

  /** Unticks all. */
  clear(): void {
    this.ticked = new Set();
  }

  /** What is missing; null when the review can be sent. */
  get gap(): ReviewGap | null {
    if (this.#now === null) return 'no_submission';
    if (this.stale) return 'stale';
    if (this.outcome === null) return 'no_outcome';
    if (this.outcome === 'returned' && this.ticked.size === 0) return 'no_items';
    return null;
  }

  /** The request, in the order of the checklist; null while something is missing. */
  request(items: readonly ItemView[]): ReviewRequest | null {
    if (this.gap !== null || this.outcome === null || this.#seen === null) return null;
    const chosen = this.outcome === 'returned' ? items.filter((item) => this.ticked.has(item.key)).map((item) => item.key) : [];
    const words = this.comment.trim();
    return { outcome: this.outcome, items: chosen, comment: words === '' ? null : words, frontier: this.#seen as ReviewRequest['frontier'] };
  }

  /** After the server took it. */
  done(): void {
    this.outcome = null;
    this.comment = '';
    this.ticked = new Set();
    this.#seen = this.#now;
  }
}
