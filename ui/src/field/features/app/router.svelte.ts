/**
 * Where the user is: the address after `#`, so that the back button, a reload and a restored place all mean the same.
 * Parsing and formatting are pure; the class only follows the browser's history.
 */
import type { AssignmentId, FindingId, InspectionId, ItemKey, SiteId } from '$shared/generated/core';

export type Route =
  | { name: 'today' }
  | { name: 'sites' }
  | { name: 'site'; site: SiteId }
  | { name: 'new'; site: SiteId | null; assignment: AssignmentId | null }
  | { name: 'inspection'; inspection: InspectionId; item: ItemKey | null }
  | { name: 'finish'; inspection: InspectionId }
  | { name: 'findings' }
  | { name: 'finding'; finding: FindingId }
  | { name: 'clauses' }
  | { name: 'sync' }
  | { name: 'settings' };

/** The route as the address after `#`. */
export function formatRoute(route: Route): string {
  const query = (values: Record<string, string | null>) => {
    const present = Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== null);
    return present.length === 0 ? '' : `?${new URLSearchParams(present)}`;
  };
  switch (route.name) {
    case 'site':
      return `#/sites/${encodeURIComponent(route.site)}`;
    case 'new':
      return `#/new${query({ site: route.site, assignment: route.assignment })}`;
    case 'inspection':
      return `#/inspections/${encodeURIComponent(route.inspection)}${query({ item: route.item })}`;
    case 'finish':
      return `#/inspections/${encodeURIComponent(route.inspection)}/finish`;
    case 'finding':
      return `#/findings/${encodeURIComponent(route.finding)}`;
    default:
      return `#/${route.name}`;
  }
}

/** Reads an address; anything unknown is Today. */
export function parseRoute(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?');
  const parts = path.split('/').map(decode);
  const query = new URLSearchParams(search);
  const [first, id, last] = parts;
  switch (first) {
    case 'sites':
      return id ? { name: 'site', site: id as SiteId } : { name: 'sites' };
    case 'new':
      return {
        name: 'new',
        site: query.get('site') as SiteId | null,
        assignment: query.get('assignment') as AssignmentId | null,
      };
    case 'inspections':
      if (!id) return { name: 'today' };
      if (last === 'finish') return { name: 'finish', inspection: id as InspectionId };
      return { name: 'inspection', inspection: id as InspectionId, item: query.get('item') };
    case 'findings':
      return id ? { name: 'finding', finding: id as FindingId } : { name: 'findings' };
    case 'clauses':
    case 'sync':
    case 'settings':
      return { name: first };
    default:
      return { name: 'today' };
  }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}

/** Follows and moves the browser's history. */
export class Router {
  route: Route = $state.raw({ name: 'today' });
  #depth = 0;

  constructor() {
    const follow = () => {
      this.route = parseRoute(location.hash);
    };
    follow();
    window.addEventListener('hashchange', follow);
    window.addEventListener('popstate', follow);
  }

  /** Opens a screen as a new step of the history. */
  go(route: Route): void {
    this.#depth += 1;
    history.pushState(null, '', formatRoute(route));
    this.route = route;
  }

  /** Opens a screen in place of the current one, so that "back" does not return to it. */
  replace(route: Route): void {
    history.replaceState(null, '', formatRoute(route));
    this.route = route;
  }

  /** One step back if the app made that step, else the given screen. */
  back(otherwise: Route): void {
    if (this.#depth > 0) {
      this.#depth -= 1;
      history.back();
    } else {
      this.replace(otherwise);
    }
  }
}
