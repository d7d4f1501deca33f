// Views that a person saved: filters and order under a name, kept in this browser. Pure except for the two functions that read
// and write them.

/** Filters and order under a name. */
export interface SavedView {
  readonly name: string;
  readonly query: Readonly<Record<string, string>>;
}

/** Longest name. */
export const MOST_LETTERS = 40;

const KEY = 'davy.console.ledger.views';

/** What is stored as text; what is damaged or foreign in it is left out. */
export function parseViews(stored: string | null): SavedView[] {
  let read: unknown;
  try {
    read = JSON.parse(stored ?? '[]');
  } catch {
    return [];
  }
  return Array.isArray(read) ? read.filter(isView) : [];
}

function isView(value: unknown): value is SavedView {
  if (typeof value !== 'object' || value === null || !('name' in value) || !('query' in value)) return false;
  const { name, query } = value;
  if (typeof name !== 'string' || name === '' || typeof query !== 'object' || query === null || Array.isArray(query)) return false;
  return Object.values(query).every((one) => typeof one === 'string');
}

/** With a view of this name, which takes the place of an older one, at the end otherwise. */
export function withView(views: readonly SavedView[], view: SavedView): SavedView[] {
  const known = views.some((one) => one.name === view.name);
  return known ? views.map((one) => (one.name === view.name ? view : one)) : [...views, view];
}

/** The name of the view that is shown now; `null` when the filters are none of them. */
export function viewOf(views: readonly SavedView[], query: Readonly<Record<string, string>>): string | null {
  return views.find((view) => same(view.query, query))?.name ?? null;
}

function same(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean {
  const given = (query: Readonly<Record<string, string>>) => Object.keys(query).filter((name) => query[name] !== '');
  return given(one).length === given(other).length && given(one).every((name) => one[name] === other[name]);
}

/** Reads what this browser keeps. */
export function loadViews(): SavedView[] {
  try {
    return parseViews(localStorage.getItem(KEY));
  } catch {
    return [];
  }
}

/** Keeps them in this browser; where storage is switched off they hold until the window closes. */
export function saveViews(views: readonly SavedView[]): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(views));
  } catch {
    // Applied all the same.
  }
}
