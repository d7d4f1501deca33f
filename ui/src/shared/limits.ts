/** Limits of an item as a screen shows them. */
import type { Item, ItemView, Limit } from './generated/core';

/** The limits that count for the item now, and the one that is broken. */
export function limitsOf(item: Item, view: Pick<ItemView, 'limits' | 'broken_limit'>): { limit: Limit; broken: boolean }[] {
  const all = (item.limits ?? []).map((limit, index) => ({ limit, index, broken: view.broken_limit === index }));
  return all.filter(({ index }) => view.limits === null || view.limits.includes(index)).map(({ limit, broken }) => ({ limit, broken }));
}
