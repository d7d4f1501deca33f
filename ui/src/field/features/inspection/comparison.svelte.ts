/**
 * How the last inspection of this site by this checklist answered, beside the answers of now. For the eye only: nothing
 * of it is filled in, counted or sent.
 */
import { toBackendError, type Backend, type BackendError } from '$shared/backend';
import type { LastAnswer, LastInspection } from '$shared/generated/app';
import type { InspectionId, ItemKey } from '$shared/generated/core';

export type ComparisonState = 'off' | 'loading' | 'none' | 'shown' | 'failed';

export class Comparison {
  state = $state<ComparisonState>('off');
  error = $state.raw<BackendError | null>(null);
  inspection = $state.raw<LastInspection | null>(null);
  readonly #answers: ReadonlyMap<ItemKey, LastAnswer> = $derived(new Map((this.inspection?.answers ?? []).map((answer) => [answer.key, answer])));
  #backend: Backend;
  #id: InspectionId;

  constructor(backend: Backend, id: InspectionId) {
    this.#backend = backend;
    this.#id = id;
  }

  get on(): boolean {
    return this.state !== 'off';
  }

  /** The answer of then; `null` when the item was open then or did not exist. */
  of(key: ItemKey): LastAnswer | null {
    return this.#answers.get(key) ?? null;
  }

  async toggle(): Promise<void> {
    if (this.on) {
      this.state = 'off';
      return;
    }
    this.state = 'loading';
    await this.refresh();
  }

  /** Reads again, for example when an instance was added that existed last time too. */
  async refresh(): Promise<void> {
    if (!this.on) return;
    try {
      const found = await this.#backend.call('compare_last', { inspection: this.#id });
      this.inspection = found;
      this.#settle(found === null ? 'none' : 'shown', null);
    } catch (thrown) {
      this.#settle('failed', toBackendError(thrown));
    }
  }

  /** It may have been switched off while it was read. */
  #settle(state: ComparisonState, error: BackendError | null): void {
    if (!this.on) return;
    this.state = state;
    this.error = error;
  }
}
