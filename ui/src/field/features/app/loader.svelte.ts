/**
 * A value read by a command: loading, there, or failed. While it is read again the old value stays on screen; an answer
 * that arrives after a newer request was made is ignored.
 */
import { toBackendError, type BackendError } from '$shared/backend';

export class Loader<T> {
  value = $state.raw<T | null>(null);
  error = $state.raw<BackendError | null>(null);
  loading = $state(false);
  #read: () => Promise<T>;
  #turn = 0;

  constructor(read: () => Promise<T>) {
    this.#read = read;
  }

  /** Reads (again). Never rejects: the error is part of the state. */
  async load(): Promise<void> {
    const turn = ++this.#turn;
    this.loading = true;
    try {
      const value = await this.#read();
      if (turn !== this.#turn) return;
      this.value = value;
      this.error = null;
    } catch (thrown) {
      if (turn !== this.#turn) return;
      this.error = toBackendError(thrown);
    }
    this.loading = false;
  }

  /** Takes over a value that a command returned anyway. */
  set(value: T): void {
    this.#turn += 1;
    this.value = value;
    this.error = null;
    this.loading = false;
  }
}
