// One thing read from the API and kept fresh. What was read once stays on the screen when a later read fails: the error is
// shown beside it, so that a weak network never empties a desk.

import { asApiError, type ApiError } from '../api/problem';

/** How to read it; the signal aborts a read that a newer one replaces. */
export type Read<T> = (signal: AbortSignal) => Promise<T>;

/** A value with its loading state. */
export class Resource<T> {
  #read: Read<T>;
  #running: AbortController | null = null;
  /** The newest value that was read. */
  value: T | null = $state.raw(null);
  /** Error of the newest read, if it failed. */
  error: ApiError | null = $state.raw(null);
  /** A read is under way. */
  busy = $state(false);

  constructor(read: Read<T>) {
    this.#read = read;
  }

  /** Nothing to show yet and no error. */
  get loading(): boolean {
    return this.value === null && this.error === null;
  }

  /** Reads; a read that is under way is replaced. */
  async load(): Promise<void> {
    this.#running?.abort();
    const running = new AbortController();
    this.#running = running;
    this.busy = true;
    try {
      const value = await this.#read(running.signal);
      if (this.#running !== running) return;
      this.value = value;
      this.error = null;
    } catch (cause) {
      if (this.#running !== running) return;
      this.error = asApiError(cause);
    }
    this.busy = false;
  }

  /** Takes an answer that a change returned, without another read; a read under way is older and is dropped. */
  set(value: T): void {
    this.stop();
    this.value = value;
    this.error = null;
  }

  /** Drops a read that is under way, for example when the screen is left. */
  stop(): void {
    this.#running?.abort();
    this.#running = null;
    this.busy = false;
  }
}
