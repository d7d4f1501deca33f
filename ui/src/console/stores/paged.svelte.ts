// A list read page by page with a cursor. Rows that were read stay; the next page is read when the list is scrolled near
// its end. A refresh reads again as many rows as are shown, up to a bound; beyond it the person is asked.

import type { Page } from '$shared/generated/console';
import { asApiError, type ApiError } from '../api/problem';

/** Rows of one request. */
export const PAGE_ROWS = 100;
/** Up to this many rows a refresh happens by itself. */
export const REFRESH_ROWS = 200;

/** Reads one page after a cursor. */
export type ReadPage<T> = (after: string | null, limit: number, signal: AbortSignal) => Promise<Page<T>>;

/** Rows read so far. */
export class Paged<T> {
  #read: ReadPage<T>;
  #running: AbortController | null = null;
  #next: string | null = null;
  /** Rows in order. */
  rows: T[] = $state.raw([]);
  /** Rows that the filters match, as the server counts them. */
  total = $state(0);
  /** The first page has been read at least once. */
  ready = $state(false);
  /** A request is under way. */
  busy = $state(false);
  /** Error of the newest request. */
  error: ApiError | null = $state.raw(null);
  /** Something changed and the list is too long to be read again unasked. */
  outdated = $state(false);

  constructor(read: ReadPage<T>) {
    this.#read = read;
  }

  /** Nothing to show yet and no error. */
  get loading(): boolean {
    return !this.ready && this.error === null;
  }

  /** More rows can be read. */
  get more(): boolean {
    return this.#next !== null;
  }

  /** Reads from the start, for example after a filter changed. */
  async restart(): Promise<void> {
    await this.#page(null, PAGE_ROWS, true);
  }

  /** Something changed on the server: reads again what is shown, or says that it is outdated. */
  async refresh(): Promise<void> {
    if (this.rows.length > REFRESH_ROWS) {
      this.outdated = true;
      return;
    }
    await this.#page(null, Math.max(PAGE_ROWS, this.rows.length), true);
  }

  /** Reads the next page; does nothing at the end or while a request runs. */
  async loadMore(): Promise<void> {
    if (this.busy || this.#next === null) return;
    await this.#page(this.#next, PAGE_ROWS, false);
  }

  /** Drops a request that is under way. */
  stop(): void {
    this.#running?.abort();
    this.#running = null;
    this.busy = false;
  }

  async #page(after: string | null, limit: number, replace: boolean): Promise<void> {
    this.#running?.abort();
    const running = new AbortController();
    this.#running = running;
    this.busy = true;
    try {
      const page = await this.#read(after, limit, running.signal);
      if (this.#running !== running) return;
      this.rows = replace ? page.rows : [...this.rows, ...page.rows];
      this.total = page.total;
      this.#next = page.next;
      this.error = null;
      this.ready = true;
      if (replace) this.outdated = false;
    } catch (cause) {
      if (this.#running !== running) return;
      this.error = asApiError(cause);
    }
    this.busy = false;
  }
}
