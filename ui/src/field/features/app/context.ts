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
  /** A checklist is tried out: nothing is kept, so there are no photographs and nothing to send. */
  readonly trial: boolean;
  #listeners = new Set<(event: Changed) => void>();
  #pictures = new Map<string, Set<() => void>>();

  constructor(backend: Backend, router = new Router(), trial = false) {
    this.backend = backend;
    this.trial = trial;
    this.router = router;
    this.session = new SessionStore(backend);
    this.sync = new SyncStore(backend);
    this.place = new PlaceKeeper(backend);
  }

  /** Starts listening to the core; returns a function that stops it. */
  start(): () => void {
    void this.session.load();
    const stop = this.backend.onEvent((event) => {
      if (event.type === 'sync') this.sync.apply(event.status);
      else if (event.type === 'locked') void this.session.load();
      else if (event.type === 'picture') for (const listener of this.#pictures.get(event.sha256) ?? []) listener();
      else for (const listener of this.#listeners) listener(event);
    });
    const woken = () => {
      if (document.visibilityState === 'visible' && this.session.status?.stage === 'unlocked') void this.sync.networkChanged();
    };
    window.addEventListener('online', woken);
    document.addEventListener('visibilitychange', woken);
    return () => {
      stop();
      window.removeEventListener('online', woken);
      document.removeEventListener('visibilitychange', woken);
    };
  }

  /** Calls back when a picture that was missing is here; returns a function that stops it. Fits `$effect`. */
  onPicture(sha256: string, listener: () => void): () => void {
    const waiting = this.#pictures.get(sha256) ?? new Set();
    this.#pictures.set(sha256, waiting.add(listener));
    return () => {
      waiting.delete(listener);
      if (waiting.size === 0) this.#pictures.delete(sha256);
    };
  }

  /** Calls back when records changed by themselves; returns a function that stops it. Fits `$effect`. */
  onChanged(listener: (event: Changed) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

export const [useApp, provideApp] = createContext<App>();
