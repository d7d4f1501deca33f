/**
 * How far each thing the user entered got: being saved, saved, or failed with a way to try again. "Saved" is set only
 * after the command has returned. What failed keeps the entered value, so nothing has to be typed twice.
 */
import { SvelteMap } from 'svelte/reactivity';
import { toBackendError, type BackendError } from '$shared/backend';

export type Save =
  | { state: 'saving'; value: unknown }
  | { state: 'saved' }
  | { state: 'failed'; value: unknown; error: BackendError; retry: () => Promise<boolean> };

export class Saves {
  readonly states = new SvelteMap<string, Save>();
  #queue: Promise<unknown> = Promise.resolve();
  #turns = new Map<string, number>();

  /** What is being saved or failed to be saved in a slot; `undefined` when the core's own value is the one to show. */
  pending(slot: string): { value: unknown } | undefined {
    const save = this.states.get(slot);
    return save && save.state !== 'saved' ? { value: save.value } : undefined;
  }

  /** True while something of these slots is not durable. */
  unsaved(): boolean {
    return [...this.states.values()].some((save) => save.state !== 'saved');
  }

  /**
   * Runs a command for a slot. Commands run one after another, so their changes merge in the order of the entries; of
   * several entries in one slot the last one decides what the slot shows.
   */
  run(slot: string, value: unknown, task: () => Promise<void>): Promise<boolean> {
    const turn = (this.#turns.get(slot) ?? 0) + 1;
    this.#turns.set(slot, turn);
    this.states.set(slot, { state: 'saving', value });
    const done = this.#queue.then(async () => {
      try {
        await task();
        if (this.#turns.get(slot) === turn) this.states.set(slot, { state: 'saved' });
        return true;
      } catch (thrown) {
        const retry = () => this.run(slot, value, task);
        if (this.#turns.get(slot) === turn) this.states.set(slot, { state: 'failed', value, error: toBackendError(thrown), retry });
        return false;
      }
    });
    this.#queue = done;
    return done;
  }
}
