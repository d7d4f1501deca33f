// Who is signed in. The token for changes lives in memory only; after a reload it is read again from the server, which
// knows the session by its cookie.

import type { Can, Session } from '$shared/generated/console';
import type { Api } from '../api/endpoints';
import { asApiError, type ApiError } from '../api/problem';
import type { Client } from '../api/client';

/** What is known about the session. */
export type SessionState = 'unknown' | 'in' | 'out' | 'failed';

/** The session of this window. */
export class SessionStore {
  #http: Client;
  #api: Api;
  /** What is known. */
  state: SessionState = $state('unknown');
  /** The session while signed in. */
  session: Session | null = $state.raw(null);
  /** Why the server could not be asked. */
  error: ApiError | null = $state.raw(null);
  /** The session ended while the console was open; the sign-in screen says so. */
  ended = $state(false);

  constructor(http: Client, api: Api) {
    this.#http = http;
    this.#api = api;
    http.onSignedOut = () => this.#end();
  }

  /** Whether the person may do this somewhere; a screen asks its own `can` where the server gives one. */
  may(action: Can): boolean {
    return this.session?.can.includes(action) ?? false;
  }

  /** Asks the server who is signed in. */
  async check(): Promise<void> {
    try {
      this.#take(await this.#api.session());
    } catch (cause) {
      const error = asApiError(cause);
      if (error.code === 'not_signed_in' || this.state === 'in') return;
      this.error = error;
      this.state = 'failed';
    }
  }

  /** Signs in. @throws ApiError when the server refuses. */
  async signIn(login: string, password: string): Promise<void> {
    this.#take(await this.#api.signIn({ login, password }));
  }

  /** Signs out. @throws ApiError when the server could not be told: the session would still be open. */
  async signOut(): Promise<void> {
    await this.#api.signOut();
    this.#clear();
    this.ended = false;
  }

  #take(session: Session): void {
    this.#http.csrf = session.csrf;
    this.session = session;
    this.error = null;
    this.ended = false;
    this.state = 'in';
  }

  #end(): void {
    this.ended = this.state === 'in';
    this.#clear();
  }

  #clear(): void {
    this.#http.csrf = '';
    this.session = null;
    this.state = 'out';
  }
}
