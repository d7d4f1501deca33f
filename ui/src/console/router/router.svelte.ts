// The router: keeps the current route in step with the address bar by the history API.
// Plain links work (also with the middle button and "copy link"); only a plain left click inside the console is taken over.

import { parseRoute, queryOf, type Query, type Route } from './routes';

/** The part of `window` that the router needs. */
export interface Place {
  readonly location: { readonly pathname: string; readonly search: string; readonly origin: string };
  readonly history: Pick<History, 'pushState' | 'replaceState'>;
}

/** Current route and ways to change it. */
export class Router {
  #place: Place;
  /** Where the console is now. */
  route: Route = $state.raw(parseRoute('/', ''));
  /** Counts moves to another screen; the shell moves the focus when it changes. */
  moves = $state(0);

  constructor(place: Place) {
    this.#place = place;
    this.read();
  }

  /** Reads the address again (after back and forward). */
  read(): void {
    const next = parseRoute(this.#place.location.pathname, this.#place.location.search);
    const moved = next.name !== this.route.name || next.id !== this.route.id;
    this.route = next;
    if (moved) this.moves += 1;
  }

  /** Opens an address of the console as a new step of the history. */
  go(address: string): void {
    this.#place.history.pushState(null, '', address);
    this.read();
  }

  /** Opens an address in place of the current step. */
  replace(address: string): void {
    this.#place.history.replaceState(null, '', address);
    this.read();
  }

  /** Changes values of the query and keeps the others; null removes one. No step is added to the history. */
  setQuery(values: Query): void {
    const merged: Query = Object.fromEntries(this.route.query);
    Object.assign(merged, values);
    this.replace(this.#place.location.pathname + queryOf(merged));
  }

  /** One value of the query, '' when absent. */
  query(key: string): string {
    return this.route.query.get(key) ?? '';
  }

  /** Takes over a plain click on a link into the console; leaves every other click to the browser. */
  onClick(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
    if (!(link instanceof HTMLAnchorElement) || link.target === '_blank' || link.hasAttribute('download')) return;
    const url = new URL(link.href);
    if (url.origin !== this.#place.location.origin || url.pathname.startsWith('/api/')) return;
    if (url.hash !== '' && url.pathname === this.#place.location.pathname) return;
    event.preventDefault();
    this.go(url.pathname + url.search + url.hash);
  }
}
