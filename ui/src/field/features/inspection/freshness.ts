/** Readings go out of date: how long one is still good, and which ones a pass waits for. The moment is always given. */
import type { Item, ItemKey, ItemView } from '$shared/generated/core';
import { splitKey } from './model';

export type Freshness =
  /** Not taken: open, not applicable or not checked. */
  | { state: 'missing' }
  /** Taken, and outside its limits. */
  | { state: 'outside' }
  | { state: 'good'; until: number; left: number }
  | { state: 'over'; until: number };

const MINUTE = 60_000;

/** Whether a reading can be rested on at a moment, by the same rule as the core's. */
export function freshness(item: Item, view: ItemView | undefined, now: number): Freshness {
  if (!view || !view.by || (view.verdict !== 'pass' && view.verdict !== 'fail')) return { state: 'missing' };
  if (view.verdict === 'fail') return { state: 'outside' };
  const taken = view.by.wall.ms;
  const until = taken + (item.valid_minutes ?? 0) * MINUTE;
  // A reading from the future means that the clock was set back: it cannot be told how old it is.
  return taken <= now && now <= until ? { state: 'good', until, left: until - now } : { state: 'over', until };
}

/** What is left in whole minutes, rounded up while there is more than one; then in seconds. */
export function timeLeft(left: number): { minutes: number } | { seconds: number } {
  return left > MINUTE ? { minutes: Math.ceil(left / MINUTE) } : { seconds: Math.max(0, Math.ceil(left / 1000)) };
}

/** A reading that a pass rests on. */
export type Needed = { key: ItemKey; item: Item; freshness: Freshness };

type Known = { items: { get(key: ItemKey): ItemView | undefined }; definition: (id: string) => Item | undefined };

/** The readings that an item's pass rests on: those of the same instance, else those of the whole inspection. */
export function neededReadings(item: Item, key: ItemKey, known: Known, now: number): Needed[] {
  const { instance } = splitKey(key);
  return (item.needs_fresh ?? []).flatMap((id) => {
    const definition = known.definition(id);
    if (!definition) return [];
    const beside = `${id}@${instance ?? ''}`;
    const reading = instance !== null && known.items.get(beside) ? beside : id;
    return [{ key: reading, item: definition, freshness: freshness(definition, known.items.get(reading), now) }];
  });
}

/** Those that a pass waits for. */
export function notFresh(needed: readonly Needed[]): Needed[] {
  return needed.filter((one) => one.freshness.state !== 'good');
}
