// What every screen of the console is given: API, session, live changes and router, made once in `main.ts` and handed down
// by context, so that a test can hand down its own.

import { getContext, setContext } from 'svelte';
import { Client } from './api/client';
import { endpoints, type Api } from './api/endpoints';
import { Live, type LiveChange } from './api/live.svelte';
import { Router } from './router/router.svelte';
import { SessionStore } from './stores/session.svelte';

/** The console's parts. */
export interface Desk {
  readonly api: Api;
  readonly session: SessionStore;
  readonly live: Live;
  readonly router: Router;
}

const KEY = Symbol('desk');

/** Makes the parts for this window. */
export function createConsole(): Desk {
  const http = new Client();
  const api = endpoints(http);
  const session = new SessionStore(http, api);
  const live = new Live();
  http.onOffline = () => live.suspect();
  live.onLost = () => void session.check();
  return { api, session, live, router: new Router(window) };
}

/** Hands the parts down to all components below. */
export function provideDesk(desk: Desk): void {
  setContext(KEY, desk);
}

/** The parts, as handed down. */
export function useDesk(): Desk {
  return getContext<Desk>(KEY);
}

/** Pause in which several changes are gathered into one refresh. */
const GATHER_MS = 400;

/** Calls `run` soon after changes that `wanted` picks. To be returned from an `$effect`: it gives the way to stop. */
export function onChange(live: Live, wanted: (change: LiveChange) => boolean, run: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = live.listen((change) => {
    if (timer !== undefined || !(change.gap || wanted(change))) return;
    timer = setTimeout(() => {
      timer = undefined;
      run();
    }, GATHER_MS);
  });
  return () => {
    clearTimeout(timer);
    stop();
  };
}
