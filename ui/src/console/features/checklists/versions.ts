// The order of published versions. Pure.

import type { ChecklistRow } from '$shared/generated/console';

/** Which versions are listed. */
export type VersionFilter = '' | 'in_use' | 'retired';

function numbers(version: string): number[] {
  return version.split(/[.+-]/).map((part) => (/^\d+$/.test(part) ? Number(part) : 0));
}

/** Order of semantic versions, higher ones first. */
export function newestFirst(a: string, b: string): number {
  const [left, right] = [numbers(a), numbers(b)];
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const difference = (right[at] ?? 0) - (left[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Versions by title, those of one checklist together and newest first. */
export function listed(rows: readonly ChecklistRow[], filter: VersionFilter, title: (row: ChecklistRow) => string): ChecklistRow[] {
  const shown = rows.filter((row) => filter === '' || (row.retired !== null) === (filter === 'retired'));
  // One checklist may change its title from version to version; the newest one's decides its place.
  const names = new Map<string, string>();
  for (const row of [...rows].sort((a, b) => newestFirst(a.version, b.version))) if (!names.has(row.id)) names.set(row.id, title(row));
  const name = (row: ChecklistRow): string => names.get(row.id) ?? row.id;
  return shown.sort((a, b) => name(a).localeCompare(name(b)) || a.id.localeCompare(b.id) || newestFirst(a.version, b.version) || b.published - a.published);
}
