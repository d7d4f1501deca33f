// Live changes by server-sent events. The state shown to the person is honest: `live` only while the stream is open and
// has been heard of within the last two pings. What happened before it opened is unknown, so each opening tells listeners
// to read again (`gap`).

import type { LiveEvent } from '$shared/generated/console';

/** State of the stream. */
export type LiveState = 'off' | 'connecting' | 'live' | 'reconnecting';

/** What a listener is told. `gap` means: changes may have been missed, read everything again. */
export interface LiveChange {
  readonly gap: boolean;
  readonly kinds: readonly string[];
  readonly inspections: readonly string[];
  readonly findings: readonly string[];
}

/** The part of EventSource that is used. */
export interface Source {
  onopen: ((event: Event) => void) | null;
  onmessage: ((event: MessageEvent) => void) | null;
  onerror: ((event: Event) => void) | null;
  addEventListener(type: string, listener: (event: MessageEvent) => void): void;
  close(): void;
}

/** The outside world of the stream; tests give their own. */
export interface LiveWorld {
  open(url: string): Source;
  later(run: () => void, ms: number): () => void;
  random(): number;
}

/** The browser's own. */
export const browserWorld: LiveWorld = {
  open: (url) => new EventSource(url),
  later: (run, ms) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
};

const PING_MS = 20_000;
const SILENCE_MS = 2 * PING_MS + 5_000;
/** The server names this many records of a kind at most; a full list may have been cut. */
const MOST_IDS = 200;
const FIRST_MS = 1_000;
const MOST_MS = 30_000;

/** Wait before the attempt after `failures` failures: doubles up to half a minute, with full jitter above a quarter of it. */
export function backoff(failures: number, random: number): number {
  const ceiling = Math.min(MOST_MS, FIRST_MS * 2 ** Math.max(0, failures - 1));
  return Math.round(ceiling * (0.25 + 0.75 * random));
}

/** Reads a message; null when it is not one of ours (a newer server may say more). */
export function parseLive(data: unknown): LiveChange | null {
  if (typeof data !== 'string') return null;
  try {
    const event = JSON.parse(data) as Partial<LiveEvent>;
    if (event.type !== 'changed') return null;
    const inspections = event.inspections ?? [];
    const findings = event.findings ?? [];
    const cut = inspections.length >= MOST_IDS || findings.length >= MOST_IDS;
    return { gap: cut, kinds: event.kinds ?? [], inspections, findings };
  } catch {
    return null;
  }
}

/** One stream for the whole console. */
export class Live {
  #world: LiveWorld;
  #source: Source | null = null;
  #cancel: () => void = () => undefined;
  #failures = 0;
  #listeners = new Set<(change: LiveChange) => void>();
  /** What to show. */
  state: LiveState = $state('off');
  /** Called at every break; the console checks whether its session has ended. */
  onLost: () => void = () => undefined;

  constructor(world: LiveWorld = browserWorld) {
    this.#world = world;
  }

  /** Opens the stream; does nothing when it is open. */
  start(): void {
    if (this.state !== 'off') return;
    this.state = 'connecting';
    this.#connect();
  }

  /** Closes the stream, for example at sign-out. */
  stop(): void {
    this.#cancel();
    this.#source?.close();
    this.#source = null;
    this.#failures = 0;
    this.state = 'off';
  }

  /** Something says that the connection may be gone (the browser, or a request without an answer): finds out now instead of after the silence. */
  suspect(): void {
    if (this.state === 'live' || this.state === 'connecting') this.#lost();
  }

  /** Tries at once, for example when the browser says that the network is back. */
  hurry(): void {
    if (this.state !== 'reconnecting') return;
    this.#cancel();
    this.#connect();
  }

  /** Listens to changes; returns the way to stop. */
  listen(listener: (change: LiveChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #connect(): void {
    this.#source?.close();
    const source = this.#world.open('/api/events');
    this.#source = source;
    this.#watch();
    source.onopen = () => this.#heard(true);
    source.addEventListener('ping', () => this.#heard(false));
    const take = (event: MessageEvent) => {
      this.#heard(false);
      const change = parseLive(event.data);
      if (change) this.#tell(change);
    };
    source.onmessage = take;
    source.addEventListener('changed', take);
    source.onerror = () => this.#lost();
  }

  #heard(opened: boolean): void {
    this.#failures = 0;
    this.state = 'live';
    this.#watch();
    if (opened) this.#tell({ gap: true, kinds: [], inspections: [], findings: [] });
  }

  #watch(): void {
    this.#cancel();
    this.#cancel = this.#world.later(() => this.#lost(), SILENCE_MS);
  }

  #lost(): void {
    this.#cancel();
    this.#source?.close();
    this.#source = null;
    this.#failures += 1;
    this.state = 'reconnecting';
    this.onLost();
    this.#cancel = this.#world.later(() => this.#connect(), backoff(this.#failures, this.#world.random()));
  }

  #tell(change: LiveChange): void {
    for (const listener of [...this.#listeners]) listener(change);
  }
}
