/** The state of synchronisation, counted: what the badge on every screen and the sync page show. */
import { toBackendError, type Backend, type BackendError } from '$shared/backend';
import type { SyncCause, SyncStatus } from '$shared/generated/app';

/** The badge's summary: something needs a person, something moves, something waits, or all is delivered. */
export type SyncMood = 'unknown' | 'problem' | 'working' | 'waiting' | 'delivered';

/** Causes that only mean "later": they are shown, and they need nobody. */
const PATIENT: readonly SyncCause[] = ['no_network', 'throttled'];

/** Records that are not delivered yet. */
export function undelivered(status: SyncStatus): number {
  return status.saved + status.waiting + status.sent;
}

export function moodOf(status: SyncStatus | null): SyncMood {
  if (!status) return 'unknown';
  if (status.problem && !PATIENT.includes(status.problem.cause)) return 'problem';
  if (status.phase !== 'idle' && status.phase !== 'waiting') return 'working';
  return undelivered(status) > 0 || status.events_waiting > 0 || status.blobs_waiting > 0 ? 'waiting' : 'delivered';
}

/** Share of the bytes on their way that the server has, 0 to 1; `null` when nothing is being uploaded. */
export function uploadShare(status: SyncStatus): number | null {
  if (status.phase !== 'uploading' || status.bytes_waiting <= 0) return null;
  return Math.min(1, status.bytes_sent / status.bytes_waiting);
}

export class SyncStore {
  status = $state.raw<SyncStatus | null>(null);
  error = $state.raw<BackendError | null>(null);
  asking = $state(false);
  readonly mood: SyncMood = $derived(moodOf(this.status));
  #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  apply(status: SyncStatus): void {
    this.status = status;
  }

  async load(): Promise<void> {
    try {
      this.status = await this.#backend.call('sync_status', {});
      this.error = null;
    } catch (thrown) {
      this.error = toBackendError(thrown);
    }
  }

  /** Asks the driver to try at once. */
  async now(): Promise<void> {
    this.asking = true;
    try {
      this.status = await this.#backend.call('sync_now', {});
      this.error = null;
    } catch (thrown) {
      this.error = toBackendError(thrown);
    } finally {
      this.asking = false;
    }
  }

  /** Tells the driver that the network came back or the app came to the front: waiting on would be in vain. */
  async networkChanged(): Promise<void> {
    try {
      this.status = await this.#backend.call('network_changed', {});
    } catch {
      // Only a hint: while the app is locked nothing is sent, and the regular attempt comes in any case.
    }
  }
}
