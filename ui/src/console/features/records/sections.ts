// Joins an inspection's answers with the words of its own checklist version. Pure; a key that the checklist does not know
// (a damaged or newer record) is shown by its id, never dropped.

import type { Basis, Checklist, Item, ItemKey, ItemView, SectionView, Standard, Text } from '$shared/generated/core';
import type { BasisLine } from '$shared/generated/console';

/** An answered or open item with its question. */
export interface AnswerRow {
  readonly view: ItemView;
  readonly item: Item;
}

/** A section, or one instance of a repeat group, with its items. */
export interface AnswerSection {
  readonly id: string;
  readonly title: Text;
  readonly label: string | null;
  readonly counts: SectionView;
  readonly rows: AnswerRow[];
}

/** Which items are shown. */
export type AnswerFilter = 'all' | 'failed' | 'contested' | 'not_checked' | 'open' | 'redo';

/** The item id of a key (`item` or `item@instance`). */
export function itemOf(key: ItemKey): string {
  const at = key.indexOf('@');
  return at < 0 ? key : key.slice(0, at);
}

/** The instance of a key, null outside repeat groups. */
export function instanceOf(key: ItemKey): string | null {
  const at = key.indexOf('@');
  return at < 0 ? null : key.slice(at + 1);
}

/** All items of a checklist by id. */
export function itemsById(checklist: Checklist): Map<string, Item> {
  return new Map(checklist.sections.flatMap((section) => section.items.map((item) => [item.id, item] as const)));
}

function unknownItem(id: string): Item {
  return { id, text: { zh: id, en: id }, response: { type: 'pass_fail' } } as Item;
}

/** Sections in order with their items; a repeat group's heading without items is left out. */
export function joinSections(
  checklist: Checklist,
  sections: readonly SectionView[],
  views: readonly ItemView[],
): AnswerSection[] {
  const items = itemsById(checklist);
  const titles = new Map(checklist.sections.map((section) => [section.id, section.title] as const));
  const groups = new Map<string, AnswerRow[]>();
  for (const view of views) {
    const group = `${view.section}@${instanceOf(view.key) ?? ''}`;
    const row = { view, item: items.get(itemOf(view.key)) ?? unknownItem(view.key) };
    // Words to read have no answer: among the answers they would look open.
    if (row.item.response?.type === 'note') continue;
    const rows = groups.get(group);
    if (rows) rows.push(row);
    else groups.set(group, [row]);
  }
  return sections
    .filter((section) => !section.is_group)
    .map((section) => ({
      id: section.instance ? `${section.section}-${section.instance}` : section.section,
      title: titles.get(section.section) ?? { zh: section.section, en: section.section },
      label: section.label,
      counts: section,
      rows: groups.get(`${section.section}@${section.instance ?? ''}`) ?? [],
    }));
}

/** Whether an item passes a filter. */
export function matches(view: ItemView, filter: AnswerFilter): boolean {
  switch (filter) {
    case 'all':
      return true;
    case 'failed':
      return view.verdict === 'fail';
    case 'contested':
      return view.contested.length > 0;
    case 'not_checked':
      return view.verdict === 'not_checked';
    case 'open':
      return view.verdict === null;
    case 'redo':
      return view.redo;
  }
}

/** Rank for "failed first": what a supervisor must look at comes first, the rest keeps its order. */
export function urgency(view: ItemView): number {
  if (view.contested.length > 0) return 0;
  if (view.verdict === 'fail') return 1;
  if (view.redo || view.verdict === null) return 2;
  return view.verdict === 'not_checked' ? 3 : 4;
}

/** Sections with the items that pass the filter; sections without any are left out. */
export function selectRows(sections: readonly AnswerSection[], filter: AnswerFilter, failedFirst: boolean): AnswerSection[] {
  return sections
    .map((section) => {
      const rows = section.rows.filter((row) => matches(row.view, filter));
      if (failedFirst) rows.sort((a, b) => urgency(a.view) - urgency(b.view));
      return { ...section, rows };
    })
    .filter((section) => section.rows.length > 0);
}

/** Legal basis of an item in the words of the checklist's standards. */
export function basisLines(basis: readonly Basis[], standards: readonly Standard[]): BasisLine[] {
  return basis.map((entry) => {
    const standard = standards.find((candidate) => candidate.id === entry.standard);
    const title = standard?.title ?? { zh: entry.standard, en: entry.standard };
    return { title, number: standard?.number ?? '', clause: entry.clause ?? null };
  });
}

/** Name of an item for people: question, and the instance's label in a repeat group. */
export function itemTitles(checklist: Checklist, sections: readonly SectionView[]): (key: ItemKey) => Text {
  const items = itemsById(checklist);
  const labels = new Map<string, string | null>(sections.map((section) => [section.instance ?? '', section.label]));
  return (key) => {
    const text = items.get(itemOf(key))?.text ?? { zh: key, en: key };
    const instance = instanceOf(key);
    const label = instance === null ? null : (labels.get(instance) ?? null);
    return label === null ? text : { zh: `${label} · ${text.zh}`, en: `${label} · ${text.en}` };
  };
}
