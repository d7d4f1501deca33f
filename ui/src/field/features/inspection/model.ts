/** Decisions of the inspection screen without state: rows, filters, search, what comes next. */
import type { Checklist, Item, ItemKey, ItemView, Response, Section, SectionView } from '$shared/generated/core';

export type Filter = 'all' | 'unanswered' | 'failed' | 'major' | 'contested';
export const FILTERS: readonly Filter[] = ['all', 'unanswered', 'failed', 'major', 'contested'];

export type Row =
  | { type: 'section'; id: string; section: SectionView; title: Section }
  | { type: 'item'; id: string; key: ItemKey; item: Item; number: number };

/** Ids of the checklist resolved once: an inspection has up to thousands of items. */
export type ChecklistIndex = {
  items: ReadonlyMap<string, Item>;
  sections: ReadonlyMap<string, Section>;
  numbers: ReadonlyMap<string, number>;
};

export function indexChecklist(checklist: Checklist): ChecklistIndex {
  const items = new Map<string, Item>();
  const sections = new Map<string, Section>();
  const numbers = new Map<string, number>();
  for (const section of checklist.sections) {
    sections.set(section.id, section);
    for (const item of section.items) {
      items.set(item.id, item);
      numbers.set(item.id, items.size);
    }
  }
  return { items, sections, numbers };
}

/** The item id and the repeat instance of a key. */
export function splitKey(key: ItemKey): { item: string; instance: string | null } {
  const at = key.indexOf('@');
  return at < 0 ? { item: key, instance: null } : { item: key.slice(0, at), instance: key.slice(at + 1) };
}

/** An item's response; absent in the published file means pass/fail. */
export function responseOf(item: Item): Response {
  return item.response ?? { type: 'pass_fail' };
}

/** Whether the basis was read in the official text. Items of an organisation's own make no such claim. */
export function needsCaution(item: Item): boolean {
  return item.confidence === 'topic' || item.confidence === 'unverified';
}

/** Still to be answered: open, or given back. */
export function isOpen(view: ItemView): boolean {
  return view.redo || (view.verdict === null && view.contested.length === 0);
}

export function matchesFilter(filter: Filter, view: ItemView, item: Item): boolean {
  switch (filter) {
    case 'all':
      return true;
    case 'unanswered':
      return isOpen(view);
    case 'failed':
      return view.verdict === 'fail';
    case 'major':
      return item.grade === 'major';
    case 'contested':
      return view.contested.length > 0;
  }
}

/** Finds by the item's words in either language, by clause or by note; every word typed must occur. */
export function matchesQuery(query: string, item: Item, view: ItemView): boolean {
  const needles = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (needles.length === 0) return true;
  const clauses = (item.basis ?? []).map((basis) => basis.clause ?? '').join(' ');
  const hay = `${item.text.zh} ${item.text.en} ${clauses} ${view.note ?? ''}`.toLowerCase();
  return needles.every((needle) => hay.includes(needle));
}

/** Names a section or an instance of a repeat group. */
export function sectionId(section: string, instance: string | null): string {
  return `${section}@${instance ?? ''}`;
}

export type RowsInput = {
  sections: readonly SectionView[];
  order: readonly ItemKey[];
  items: ReadonlyMap<ItemKey, ItemView>;
  index: ChecklistIndex;
  shows: (view: ItemView, item: Item) => boolean;
  /** Headings of sections without a shown item are left out when something is filtered. */
  filtered: boolean;
};

/** The rows of the list in order: each section's heading followed by its shown items. */
export function buildRows(input: RowsInput): Row[] {
  const bySection = new Map<string, Row[]>();
  for (const key of input.order) {
    const view = input.items.get(key);
    const { item: id, instance } = splitKey(key);
    const item = input.index.items.get(id);
    if (!view || !item || !input.shows(view, item)) continue;
    const place = sectionId(view.section, instance);
    const row: Row = { type: 'item', id: key, key, item, number: input.index.numbers.get(id) ?? 0 };
    const list = bySection.get(place);
    if (list) list.push(row);
    else bySection.set(place, [row]);
  }
  return input.sections.flatMap((section) => {
    const place = sectionId(section.section, section.instance);
    const title = input.index.sections.get(section.section);
    const items = bySection.get(place) ?? [];
    if (!title || (input.filtered && items.length === 0)) return [];
    return [{ type: 'section', id: `#${place}${section.is_group ? '+' : ''}`, section, title } satisfies Row, ...items];
  });
}

/** The next open item after one, from the top again when none follows; `null` when nothing is open. */
export function nextOpen(order: readonly ItemKey[], items: ReadonlyMap<ItemKey, ItemView>, after: ItemKey | null): ItemKey | null {
  const start = after === null ? 0 : order.indexOf(after) + 1;
  const turned = [...order.slice(start), ...order.slice(0, start)];
  return turned.find((key) => key !== after && isOpenKey(items, key)) ?? turned.find((key) => isOpenKey(items, key)) ?? null;
}

function isOpenKey(items: ReadonlyMap<ItemKey, ItemView>, key: ItemKey): boolean {
  const view = items.get(key);
  return view !== undefined && isOpen(view);
}

export type ReadingProblem = 'not_a_number' | 'too_low' | 'too_high';

/** A typed reading as the decimal text that is recorded, or why it is not one. A comma is taken as the point. */
export function parseReading(typed: string, min: string | null, max: string | null): { value: string } | { problem: ReadingProblem } {
  const value = typed.trim().replace(',', '.').replace('．', '.').replace(/^[−–]/, '-');
  if (!/^-?(\d+(\.\d*)?|\.\d+)$/.test(value)) return { problem: 'not_a_number' };
  const clean = value.replace(/^(-?)\./, '$10.').replace(/\.$/, '');
  if (min !== null && Number(clean) < Number(min)) return { problem: 'too_low' };
  if (max !== null && Number(clean) > Number(max)) return { problem: 'too_high' };
  return { value: clean };
}

/** Milliseconds as the value of a `datetime-local` input, on this device's clock, and back. */
export function toLocalInput(ms: number): string {
  const date = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return date.toISOString().slice(0, 16);
}
export function fromLocalInput(value: string): number | null {
  const ms = value === '' ? NaN : new Date(value).getTime();
  return Number.isNaN(ms) ? null : ms;
}
