// The API client: one function for every request. Session by cookie, CSRF token by header on everything that changes
// something. It never retries a change by itself: the person sees the error and decides.

import { queryOf, type Query } from '../router/routes';
import { ApiError, problemOf } from './problem';

/** Name of the header that carries the CSRF token. */
export const CSRF_HEADER = 'x-davy-csrf';

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** Sends requests to `/api`. */
export class Client {
  #fetch: typeof fetch;
  /** Token of the session; '' while nobody is signed in. */
  csrf = '';
  /** Called once for each answer that says that the session has ended. */
  onSignedOut: () => void = () => undefined;

  /** Called when a request got no answer at all. */
  onOffline: () => void = () => undefined;

  constructor(fetcher: typeof fetch = (...args) => fetch(...args)) {
    this.#fetch = fetcher;
  }

  /** Reads. */
  get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
    return this.#send<T>('GET', path + queryOf(query), undefined, signal);
  }

  /** Creates or does. */
  post<T>(path: string, body: unknown): Promise<T> {
    return this.#send<T>('POST', path, body);
  }

  /** Replaces. */
  put<T>(path: string, body: unknown): Promise<T> {
    return this.#send<T>('PUT', path, body);
  }

  /** Sends a file as it is. */
  upload<T>(method: 'POST' | 'PUT', path: string, query: Query, file: Blob): Promise<T> {
    return this.#send<T>(method, path + queryOf(query), file);
  }

  /** Removes. */
  async delete(path: string): Promise<void> {
    await this.#send<undefined>('DELETE', path);
  }

  async #send<T>(method: Method, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
    const headers: Record<string, string> = { accept: 'application/json' };
    const file = body instanceof Blob;
    if (body !== undefined) headers['content-type'] = file ? 'application/octet-stream' : 'application/json';
    if (method !== 'GET') headers[CSRF_HEADER] = this.csrf;
    const init: RequestInit = { method, headers, credentials: 'same-origin' };
    if (body !== undefined) init.body = file ? body : JSON.stringify(body);
    if (signal) init.signal = signal;
    let response: Response;
    try {
      response = await this.#fetch(`/api${path}`, init);
    } catch (cause) {
      if (signal?.aborted) throw new ApiError('aborted', 0, 'aborted');
      this.onOffline();
      throw new ApiError('offline', 0, cause instanceof Error ? cause.message : 'no answer');
    }
    if (!response.ok) {
      const problem = await problemOf(response);
      if (problem.code === 'not_signed_in') this.onSignedOut();
      throw problem;
    }
    if (response.status === 204) return undefined as T;
    const type = response.headers.get('content-type') ?? '';
    if (!type.includes('json')) throw new ApiError('unexpected', response.status, `unexpected answer of type ${type}`);
    return (await response.json()) as T;
  }
}
