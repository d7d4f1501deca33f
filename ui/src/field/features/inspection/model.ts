/** Decisions of the inspection screen without state: rows, filters, what comes next. */
import type { Area, Checklist, Item, ItemKey, ItemView, Response, Section } from '$shared/generated/core';

export type Filter = 'all' | 'unanswered' | 'failed' | 'major' | 'contested';
export const FILTERS: readonly Filter[] = ['all', 'unanswered', 'failed', 'major', 'contested'];

/** How the list is divided: as the checklist is written, or as a person walks through the site. */
export type Grouping = 'section' | 'area';

/** A section, an instance of a repeat group, or a repeat group's own heading: what does not change with an answer. */
export type Place = { id: string; section: string; instance: string | null; label: string | null; isGroup: boolean };

export type Row =
  | { type: 'section'; id: string; place: Place; title: Section }
  | { type: 'area'; id: string; area: Area | null }
  | { type: 'item'; id: string; key: ItemKey; item: Item; number: number; group: string };

/** Ids of the checklist resolved once: an inspection has up to thousands of items. */
export type ChecklistIndex = {
  items: ReadonlyMap<string, Item>;
  sections: ReadonlyMap<string, Section>;
  /** Section of an item. */
  sectionOf: ReadonlyMap<string, string>;
  /** Number of an item as it is counted; words to read have none. */
  numbers: ReadonlyMap<string, number>;
  areas: readonly Area[];
};

export function indexChecklist(checklist: Checklist): ChecklistIndex {
  const items = new Map<string, Item>();
  const sections = new Map<string, Section>();
  const sectionOf = new Map<string, string>();
  const numbers = new Map<string, number>();
  for (const section of checklist.sections) {
    sections.set(section.id, section);
    for (const item of section.items) {
      items.set(item.id, item);
      sectionOf.set(item.id, section.id);
      if (isQuestion(item)) numbers.set(item.id, numbers.size + 1);
    }
  }
  const named = new Set([...items.values()].flatMap((item) => item.areas ?? []));
  return { items, sections, sectionOf, numbers, areas: checklist.areas.filter((area) => named.has(area.id)) };
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

/** Whether a person answers it: words to read and what is computed are not counted. */
export function isQuestion(item: Item): boolean {
  const { type } = responseOf(item);
  return type !== 'note' && type !== 'calculated';
}

/** Whether failing it suggests a major hazard. */
export function isMajor(item: Item): boolean {
  return item.grade === 'major' || (item.limits ?? []).some((limit) => limit.grade === 'major');
}

/** Still to be answered: open, or given back. */
export function isOpen(view: ItemView, item: Item): boolean {
  return isQuestion(item) && (view.redo || (view.verdict === null && view.contested.length === 0));
}

export function matchesFilter(filter: Filter, view: ItemView, item: Item): boolean {
  switch (filter) {
    case 'all':
      return true;
    case 'unanswered':
      return isOpen(view, item);
    case 'failed':
      return view.verdict === 'fail';
    case 'major':
      return isMajor(item);
    case 'contested':
      return view.contested.length > 0;
  }
}

/** Names a section or an instance of a repeat group. */
export function sectionId(section: string, instance: string | null): string {
  return `${section}@${instance ?? ''}`;
}

/** The section or instance that an item of this inspection stands in. */
export function placeOf(index: ChecklistIndex, key: ItemKey): string {
  const { item, instance } = splitKey(key);
  return sectionId(index.sectionOf.get(item) ?? '', instance);
}

export type RowsInput = {
  places: readonly Place[];
  order: readonly ItemKey[];
  index: ChecklistIndex;
  shows: (key: ItemKey) => boolean;
  /** Headings without a shown item are left out when something is filtered. */
  filtered: boolean;
};

function itemRow(index: ChecklistIndex, key: ItemKey, group: string): Extract<Row, { type: 'item' }> | null {
  const id = splitKey(key).item;
  const item = index.items.get(id);
  return item ? { type: 'item', id: group === '' ? key : `${group}/${key}`, key, item, number: index.numbers.get(id) ?? 0, group } : null;
}

/** The rows of the list in the order of the checklist: each heading followed by its shown items. */
export function buildRows({ places, order, index, shows, filtered }: RowsInput): Row[] {
  const byPlace = new Map<string, Row[]>();
  for (const key of order) {
    const row = shows(key) ? itemRow(index, key, '') : null;
    if (row) push(byPlace, placeOf(index, key), row);
  }
  return places.flatMap((place) => {
    const title = index.sections.get(place.section);
    const items = place.isGroup ? [] : (byPlace.get(place.id) ?? []);
    if (!title || (filtered && items.length === 0)) return [];
    return [{ type: 'section', id: `#${place.id}${place.isGroup ? '+' : ''}`, place, title } satisfies Row, ...items];
  });
}

/** Id of the group of items that name no area. */
export const EVERYWHERE = '';

/** Areas that an item stands under: those it names, or everywhere. */
export function areasOf(item: Item): readonly string[] {
  return item.areas && item.areas.length > 0 ? item.areas : [EVERYWHERE];
}

/** The rows by part of the site; an item that names several stands under each. What applies everywhere comes first. */
export function buildAreaRows({ order, index, shows }: Omit<RowsInput, 'places' | 'filtered'>): Row[] {
  const byArea = new Map<string, Row[]>();
  for (const key of order) {
    const item = shows(key) ? index.items.get(splitKey(key).item) : undefined;
    for (const area of item ? areasOf(item) : []) {
      const row = itemRow(index, key, areaId(area));
      if (row) push(byArea, area, row);
    }
  }
  return [null, ...index.areas].flatMap((area) => {
    const items = byArea.get(area?.id ?? EVERYWHERE) ?? [];
    return items.length === 0 ? [] : [{ type: 'area', id: `#${areaId(area?.id ?? EVERYWHERE)}`, area } satisfies Row, ...items];
  });
}

/** Names an area as a group of the list. */
export function areaId(area: string): string {
  return `area:${area}`;
}

function push<T>(groups: Map<string, T[]>, id: string, one: T): void {
  const list = groups.get(id);
  if (list) list.push(one);
  else groups.set(id, [one]);
}

/** The next open item after one, from the top again when none follows; `null` when nothing is open. */
export function nextOpen(order: readonly ItemKey[], open: (key: ItemKey) => boolean, after: ItemKey | null): ItemKey | null {
  const start = after === null ? 0 : order.indexOf(after) + 1;
  for (let step = 0; step < order.length; step += 1) {
    const key = order[(start + step) % order.length];
    if (key !== undefined && open(key)) return key;
  }
  return null;
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
