// Columns of the ledger: which exist, which a person chose on this browser, and the orders that the server knows. Pure
// except for the two functions that read and write the choice.

import type { ConsoleKey } from '../../words';

/** A column that can be hidden. The description always stays: it carries the link. */
export type ColumnId =
  | 'photo' | 'grade' | 'site' | 'region' | 'industry' | 'area' | 'responsible' | 'deadline' | 'stage' | 'raised' | 'raised_by' | 'received' | 'photos';

/** Orders that the server knows: newest arrival first, nearest deadline first. */
export type LedgerSort = 'received' | 'deadline';

/** One column. `sort` is the order that a press on its heading gives. */
export interface Column {
  readonly id: ColumnId;
  readonly word: ConsoleKey;
  /** Wanted width in rem; all are scaled together to the table. */
  readonly width: number;
  readonly sort?: LedgerSort;
}

/** All columns in the order of the ledger; the description stands after the grade. */
export const COLUMNS: readonly Column[] = [
  { id: 'photo', word: 'col.photo', width: 5.8 },
  { id: 'grade', word: 'col.grade', width: 9.2 },
  { id: 'site', word: 'col.site', width: 10.6 },
  { id: 'region', word: 'col.region', width: 7 },
  { id: 'industry', word: 'col.industry', width: 9 },
  { id: 'area', word: 'col.area', width: 8 },
  { id: 'responsible', word: 'col.responsible', width: 9 },
  { id: 'deadline', word: 'col.deadline', width: 9, sort: 'deadline' },
  { id: 'stage', word: 'col.stage', width: 11.8 },
  { id: 'raised', word: 'col.raised', width: 10.6 },
  { id: 'raised_by', word: 'col.raised_by', width: 7.4 },
  { id: 'received', word: 'col.received', width: 10.6, sort: 'received' },
  { id: 'photos', word: 'col.photos', width: 5.6 },
];

/** Wanted width of the description in rem. */
export const DESCRIPTION_WIDTH = 19;

/** Wanted width of a table with these columns in rem. */
export function tableWidth(columns: readonly Column[]): number {
  return columns.reduce((sum, column) => sum + column.width, DESCRIPTION_WIDTH);
}

/** Columns shown until a person chooses. */
export const DEFAULT_COLUMNS: readonly ColumnId[] = ['photo', 'grade', 'site', 'deadline', 'stage', 'raised'];

/** Order shown until a person chooses: newest arrival first. */
export const DEFAULT_SORT: LedgerSort = 'received';

const KEY = 'davy.console.ledger.columns';

/** The choice stored as text; a damaged or foreign text gives the default. */
export function parseColumns(stored: string | null): ColumnId[] {
  if (stored === null) return [...DEFAULT_COLUMNS];
  const wanted = new Set(stored.split(','));
  const known = COLUMNS.filter((column) => wanted.has(column.id)).map((column) => column.id);
  return stored !== '' && known.length === 0 ? [...DEFAULT_COLUMNS] : known;
}

/** Reads the choice of this browser. */
export function loadColumns(): ColumnId[] {
  try {
    return parseColumns(localStorage.getItem(KEY));
  } catch {
    return [...DEFAULT_COLUMNS];
  }
}

/** Remembers the choice in this browser; where storage is switched off it holds until the window closes. */
export function saveColumns(columns: readonly ColumnId[]): void {
  try {
    localStorage.setItem(KEY, columns.join(','));
  } catch {
    // Applied all the same.
  }
}

/** The order that an address asks for; anything unknown is the default. */
export function parseSort(value: string): LedgerSort {
  return value === 'deadline' ? 'deadline' : DEFAULT_SORT;
}

/** State of a column's heading for `aria-sort`: arrivals fall, deadlines rise. */
export function sortState(current: LedgerSort, column: LedgerSort): 'ascending' | 'descending' | 'none' {
  if (current !== column) return 'none';
  return column === 'deadline' ? 'ascending' : 'descending';
}
