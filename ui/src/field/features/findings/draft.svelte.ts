/** A finding being written: kept in its store, so that scrolling away or a failed save loses no word. */
import type { FindingView, Grade } from '$shared/generated/core';

export const FIELDS = ['description', 'area', 'measure', 'responsible', 'deadline'] as const;
export type Field = (typeof FIELDS)[number];

export class FindingDraft {
  grade = $state<Grade | null>(null);
  description = $state('');
  area = $state('');
  measure = $state('');
  responsible = $state('');
  deadline = $state('');

  /** What still has to be entered before it can be raised. */
  get missing(): ('grade' | 'description')[] {
    const missing: ('grade' | 'description')[] = [];
    if (this.grade === null) missing.push('grade');
    if (this.description.trim() === '') missing.push('description');
    return missing;
  }

  /** A field as the command takes it: empty is absent. */
  optional(field: Exclude<Field, 'description'>): string | null {
    const value = this[field].trim();
    return value === '' ? null : value;
  }
}

/** The draft of an existing finding's fields. */
export function draftOf(finding: FindingView): FindingDraft {
  const draft = new FindingDraft();
  draft.grade = finding.grade;
  for (const field of FIELDS) draft[field] = finding[field].value ?? '';
  return draft;
}

/**
 * Takes over what changed in a finding elsewhere. A field that was typed in here and is not stored yet keeps what was
 * typed.
 */
export function followFinding(draft: FindingDraft, before: FindingView, after: FindingView): void {
  for (const field of FIELDS) {
    if (draft[field] === (before[field].value ?? '')) draft[field] = after[field].value ?? '';
  }
  if (draft.grade === before.grade) draft.grade = after.grade;
}

/** The calendar day that is this many days after today, `YYYY-MM-DD` on this device. */
export function dayFromNow(days: number, now: Date = new Date()): string {
  const date = new Date(now.getFullYear(), now.getMonth(), now.getDate() + days);
  const pad = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}
