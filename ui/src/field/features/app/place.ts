/**
 * Where the user was, kept by the core so that a killed process comes back to the same screen and item. Also says
 * which item the camera was opened for: written before the camera opens.
 */
import type { Backend } from '$shared/backend';
import type { ItemKey } from '$shared/generated/core';

export type Place = { hash: string; item: ItemKey | null; camera: ItemKey | null };

const DELAY_MS = 400;

/** Reads a stored place; what cannot be understood (an older program's, damaged) is no place. */
export function parsePlace(stored: string | null): Place | null {
  if (stored === null) return null;
  try {
    const value: unknown = JSON.parse(stored);
    if (typeof value !== 'object' || value === null || !('hash' in value) || typeof value.hash !== 'string') return null;
    const key = (name: string) => {
      const found = (value as Record<string, unknown>)[name];
      return typeof found === 'string' ? found : null;
    };
    return { hash: value.hash, item: key('item'), camera: key('camera') };
  } catch {
    return null;
  }
}

/** Writes the place after a short pause, at once when asked; failures are ignored, the place is a convenience. */
export class PlaceKeeper {
  #backend: Backend;
  #place: Place = { hash: '#/today', item: null, camera: null };
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  async load(): Promise<Place | null> {
    const stored = await this.#backend.call('load_place', {}).catch(() => null);
    return parsePlace(stored);
  }

  /** Notes a change of place. */
  note(change: Partial<Place>): void {
    this.#place = { ...this.#place, ...change };
    this.#timer ??= setTimeout(() => void this.flush(), DELAY_MS);
  }

  /** Writes now. */
  async flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    await this.#backend.call('save_place', { place: JSON.stringify(this.#place) }).catch(() => null);
  }
}
