/**
 * The body for a plain browser on loopback. A cookie of the start page authenticates; the extra header keeps other
 * pages of the same browser from calling. Events come as a server-sent stream, read with fetch because an EventSource
 * cannot carry that header.
 */
import type { PhotoAttached } from '../generated/app';
import type { Backend } from './backend';
import type { AppEvent } from './commands';
import { BackendError, toBackendError } from './error';
import { frames } from './sse';

const HEADERS = { 'x-davy-bridge': '1' };
const RECONNECT_MS = 2000;

async function send<T>(fetcher: typeof fetch, path: string, init: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetcher(path, { credentials: 'same-origin', ...init });
  } catch (thrown) {
    throw new BackendError('internal', `the bridge does not answer: ${String(thrown)}`);
  }
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return body as T;
  if (body !== null) throw toBackendError(body);
  throw new BackendError('internal', `the bridge answered ${response.status}`);
}

export function bridgeBackend(fetcher: typeof fetch = fetch.bind(globalThis)): Backend {
  return {
    call: (name, request) =>
      send(fetcher, `/command/${name}`, {
        method: 'POST',
        headers: { ...HEADERS, 'content-type': 'application/json' },
        body: JSON.stringify(request),
      }),
    attachPhoto: (metadata, bytes) =>
      send<PhotoAttached>(fetcher, '/photo', {
        method: 'POST',
        headers: {
          ...HEADERS,
          'content-type': 'application/octet-stream',
          'davy-request': encodeURIComponent(JSON.stringify(metadata)),
        },
        body: bytes,
      }),
    photoUrl: (sha256) => `/photo/${sha256}`,
    onEvent(listener) {
      const controller = new AbortController();
      void follow(fetcher, listener, controller.signal);
      return () => controller.abort();
    },
  };
}

/** Reads the stream until told to stop; a stream that ends is opened again after a pause. */
async function follow(fetcher: typeof fetch, listener: (event: AppEvent) => void, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const headers = { ...HEADERS, accept: 'text/event-stream' };
      const response = await fetcher('/events', { credentials: 'same-origin', headers, signal });
      if (response.ok && response.body) {
        for await (const data of frames(response.body)) listener(JSON.parse(data) as AppEvent);
      }
    } catch {
      // The bridge went away or the app is closing; the loop's condition tells which.
    }
    if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
  }
}
