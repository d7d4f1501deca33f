// The console's addresses. Pure: an address in, a route out, and back.
// Every screen has its own address, and everything a person can choose on a list (filters, order) is in its query,
// so that a link sent to a colleague opens the same thing.

/** Names of the screens. */
export type RouteName =
  | 'dashboard'
  | 'inspections'
  | 'inspection'
  | 'findings'
  | 'finding'
  | 'sites'
  | 'site'
  | 'people'
  | 'assignments'
  | 'devices'
  | 'checklists'
  | 'checklist'
  | 'checklist_draft'
  | 'checklist_preview'
  | 'system'
  | 'search'
  | 'missing';

/** Where the console is: screen, id in the path ('' without one) and query. */
export interface Route {
  readonly name: RouteName;
  readonly id: string;
  readonly query: URLSearchParams;
}

const PATTERNS: ReadonlyArray<readonly [RouteName, RegExp]> = [
  ['dashboard', /^\/$/],
  ['inspections', /^\/inspections$/],
  ['inspection', /^\/inspections\/([^/]+)$/],
  ['findings', /^\/findings$/],
  ['finding', /^\/findings\/([^/]+)$/],
  ['sites', /^\/sites$/],
  ['site', /^\/sites\/([^/]+)$/],
  ['people', /^\/people$/],
  ['assignments', /^\/assignments$/],
  ['devices', /^\/devices$/],
  ['checklists', /^\/checklists$/],
  ['checklist_preview', /^\/checklists\/preview$/],
  ['checklist_draft', /^\/checklists\/drafts\/([^/]+)$/],
  ['checklist', /^\/checklists\/([^/]+)$/],
  ['system', /^\/system$/],
  ['search', /^\/search$/],
];

const BASE: Record<Exclude<RouteName, 'missing'>, string> = {
  dashboard: '/',
  inspections: '/inspections',
  inspection: '/inspections/',
  findings: '/findings',
  finding: '/findings/',
  sites: '/sites',
  site: '/sites/',
  people: '/people',
  assignments: '/assignments',
  devices: '/devices',
  checklists: '/checklists',
  checklist: '/checklists/',
  checklist_draft: '/checklists/drafts/',
  checklist_preview: '/checklists/preview',
  system: '/system',
  search: '/search',
};

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The route of an address. An unknown path is the `missing` screen, never an exception. */
export function parseRoute(pathname: string, search: string): Route {
  const path = pathname.length > 1 ? pathname.replace(/\/+$/, '') : '/';
  const query = new URLSearchParams(search);
  for (const [name, pattern] of PATTERNS) {
    const match = pattern.exec(path || '/');
    if (match) return { name, id: match[1] === undefined ? '' : decode(match[1]), query };
  }
  return { name: 'missing', id: '', query };
}

/** Values of a query; empty ones are left out. */
export type Query = Record<string, string | number | boolean | null | undefined>;

/** The query of an address in the order given, without empty values. */
export function queryOf(values: Query): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) {
    if (value === null || value === undefined || value === '' || value === false) continue;
    params.set(key, String(value));
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

/** The address of a screen. */
export function href(name: Exclude<RouteName, 'missing'>, id = '', query: Query = {}): string {
  return BASE[name] + (id === '' ? '' : encodeURIComponent(id)) + queryOf(query);
}
