/** Whether the app is enrolled and open, and the steps that change it. */
import { toBackendError, type Backend, type BackendError } from '$shared/backend';
import type { AppStatus } from '$shared/generated/app';

export const PIN_MIN = 6;
export const PIN_MAX = 12;

export class SessionStore {
  status = $state.raw<AppStatus | null>(null);
  /** Why the last step failed. */
  error = $state.raw<BackendError | null>(null);
  busy = $state(false);
  #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  load(): Promise<boolean> {
    return this.#step(() => this.#backend.call('app_status', {}));
  }

  /** Whether the code can be one, before a PIN is chosen for it. Nothing is sent. */
  async checkCode(request: { server: string; code: string }): Promise<boolean> {
    try {
      await this.#backend.call('check_code', request);
      this.error = null;
      return true;
    } catch (thrown) {
      this.error = toBackendError(thrown);
      return false;
    }
  }

  enrol(request: { server: string; code: string; pin: string; device_name: string }): Promise<boolean> {
    return this.#step(() => this.#backend.call('enrol', request));
  }

  /** Opens the vault. After a wrong PIN the status is read again: it says how long to wait. */
  async unlock(pin: string): Promise<boolean> {
    const opened = await this.#step(() => this.#backend.call('unlock', { pin }));
    if (!opened) await this.#refresh();
    return opened;
  }

  unlockWithKeychain(): Promise<boolean> {
    return this.#step(() => this.#backend.call('unlock_with_keychain', {}));
  }

  lock(): Promise<boolean> {
    return this.#step(() => this.#backend.call('lock', {}));
  }

  async #refresh(): Promise<void> {
    try {
      this.status = await this.#backend.call('app_status', {});
    } catch {
      // The error of the step itself is the one to show.
    }
  }

  async #step(run: () => Promise<AppStatus>): Promise<boolean> {
    this.busy = true;
    try {
      this.status = await run();
      this.error = null;
      return true;
    } catch (thrown) {
      this.error = toBackendError(thrown);
      return false;
    } finally {
      this.busy = false;
    }
  }
}
