/** Keeps the objects of before where nothing changed, so that only what an answer changed is drawn again. */

/** Whether two pieces of JSON say the same. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((one, index) => same(one, b[index]));
  }
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  const keys = Object.keys(left);
  return keys.length === Object.keys(right).length && keys.every((key) => key in right && same(left[key], right[key]));
}

/** The new list made of the old objects where they are the same; the old list itself when nothing differs. */
export function keepSame<T>(old: readonly T[], next: readonly T[], id: (one: T) => string): readonly T[] {
  const before = new Map(old.map((one) => [id(one), one]));
  let changed = old.length !== next.length;
  const merged = next.map((one, index) => {
    const kept = before.get(id(one));
    const same_ = kept !== undefined && same(kept, one);
    if (!same_ || old[index] !== kept) changed = true;
    return same_ ? kept : one;
  });
  return changed ? merged : old;
}

/** Lists by what `id` says of each member; members without one are left out. */
export function groupBy<T>(list: readonly T[], id: (one: T) => string | null): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const one of list) {
    const name = id(one);
    if (name === null) continue;
    const group = groups.get(name);
    if (group) group.push(one);
    else groups.set(name, [one]);
  }
  return groups;
}
