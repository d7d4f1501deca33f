/** The clause library of this device: searched offline, as it came with the checklists. */
import { toBackendError, type Backend, type BackendError } from '$shared/backend';
import type { ClauseHit } from '$shared/generated/app';

/** As many as the core gives at once. */
export const MOST_HITS = 100;

export type ClauseQuery = { words: string; standard: string | null; clause: string | null };

export class ClauseSearch {
  hits = $state.raw<readonly ClauseHit[] | null>(null);
  error = $state.raw<BackendError | null>(null);
  #turn = 0;
  #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** The answer to the last question counts, in whatever order the answers come. */
  async find(query: ClauseQuery): Promise<void> {
    const turn = ++this.#turn;
    try {
      const hits = await this.#backend.call('find_clause', query);
      if (turn !== this.#turn) return;
      this.hits = hits;
      this.error = null;
    } catch (thrown) {
      if (turn === this.#turn) this.error = toBackendError(thrown);
    }
  }
}
