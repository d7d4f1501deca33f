/** Counts that follow every answer by its difference alone, so that an answer costs the same in a long list. */
import type { Item, ItemKey, ItemView } from '$shared/generated/core';
import { areasOf, FILTERS, isQuestion, matchesFilter, type Filter } from './model';

/** Items that each filter shows, and those given back. */
export type Counts = Record<Filter, number> & { redo: number };

export const noCounts = (): Counts => ({ all: 0, unanswered: 0, failed: 0, major: 0, contested: 0, redo: 0 });

/** Adds (`sign` 1) or takes away (−1) one item. */
export function count(counts: Counts, view: ItemView, item: Item, sign: 1 | -1): void {
  if (!isQuestion(item)) return;
  for (const filter of FILTERS) if (matchesFilter(filter, view, item)) counts[filter] += sign;
  if (view.redo) counts.redo += sign;
}

/** How far the items of an area are. */
export type AreaCount = { total: number; answered: number; failed: number; contested: number };

/** The counts of every area; `views` gives each visible item with its definition. */
export function countAreas(views: Iterable<[ItemView, Item]>): Map<string, AreaCount> {
  const areas = new Map<string, AreaCount>();
  for (const [view, item] of views) addToAreas(areas, view, item, 1);
  return areas;
}

/** Adds or takes away one item; the count of a touched area is a new object. Returns the areas touched. */
export function addToAreas(areas: Map<string, AreaCount>, view: ItemView, item: Item, sign: 1 | -1): readonly string[] {
  if (!isQuestion(item)) return [];
  const touched = areasOf(item);
  for (const area of touched) {
    const { total, answered, failed, contested } = areas.get(area) ?? { total: 0, answered: 0, failed: 0, contested: 0 };
    areas.set(area, {
      total: total + sign,
      answered: answered + (view.verdict !== null ? sign : 0),
      failed: failed + (view.verdict === 'fail' ? sign : 0),
      contested: contested + (view.contested.length > 0 ? sign : 0),
    });
  }
  return touched;
}

/** What a whole-section pass answers and what it leaves for an answer of its own. */
export type Passable = { answers: ItemKey[]; leaves: ItemKey[] };

/** The same rule as the core's: open pass/fail items that rest on no reading; everything else stays. */
export function passable(items: Iterable<[ItemView, Item]>): Passable {
  const result: Passable = { answers: [], leaves: [] };
  for (const [view, item] of items) {
    if (!isQuestion(item) || view.verdict !== null) continue;
    const plain = (item.response?.type ?? 'pass_fail') === 'pass_fail' && (item.needs_fresh ?? []).length === 0;
    (plain ? result.answers : result.leaves).push(view.key);
  }
  return result;
}
