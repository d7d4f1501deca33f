/** What every screen can reach: the backend, the session, the sync state, the router, the place. */
import { createContext } from 'svelte';
import type { AppEvent, Backend } from '$shared/backend';
import { SessionStore } from '../session/session.svelte';
import { SyncStore } from '../sync/sync.svelte';
import { PlaceKeeper } from './place';
import { Router } from './router.svelte';

export type Changed = Extract<AppEvent, { type: 'changed' }>;

export class App {
  readonly backend: Backend;
  readonly session: SessionStore;
  readonly sync: SyncStore;
  readonly router: Router;
  readonly place: PlaceKeeper;
  #listeners = new Set<(event: Changed) => void>();

  constructor(backend: Backend, router = new Router()) {
    this.backend = backend;
    this.router = router;
    this.session = new SessionStore(backend);
    this.sync = new SyncStore(backend);
    this.place = new PlaceKeeper(backend);
  }

  /** Starts listening to the core; returns a function that stops it. */
  start(): () => void {
    void this.session.load();
    return this.backend.onEvent((event) => {
      if (event.type === 'sync') this.sync.apply(event.status);
      else if (event.type === 'locked') void this.session.load();
      else for (const listener of this.#listeners) listener(event);
    });
  }

  /** Calls back when records changed by themselves; returns a function that stops it. Fits `$effect`. */
  onChanged(listener: (event: Changed) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

export const [useApp, provideApp] = createContext<App>();
