import { describe, expect, it, vi } from 'vitest';
import { backoff, Live, parseLive, type LiveChange, type LiveWorld, type Source } from './live.svelte';

class FakeSource implements Source {
  onopen: ((event: Event) => void) | null = null;
  onmessage: ((event: MessageEvent) => void) | null = null;
  onerror: ((event: Event) => void) | null = null;
  closed = false;
  #listeners = new Map<string, (event: MessageEvent) => void>();
  addEventListener(type: string, listener: (event: MessageEvent) => void): void {
    this.#listeners.set(type, listener);
  }
  close(): void {
    this.closed = true;
  }
  ping(): void {
    this.#listeners.get('ping')?.(new MessageEvent('ping'));
  }
  say(data: unknown): void {
    this.onmessage?.(new MessageEvent('message', { data: JSON.stringify(data) }));
  }
}

function world(): { live: Live; sources: FakeSource[]; pass: () => void; pending: () => number } {
  const sources: FakeSource[] = [];
  const timers = new Map<number, () => void>();
  let next = 0;
  const fake: LiveWorld = {
    open: () => {
      const source = new FakeSource();
      sources.push(source);
      return source;
    },
    later: (run) => {
      const key = next++;
      timers.set(key, run);
      return () => timers.delete(key);
    },
    random: () => 0.5,
  };
  return {
    live: new Live(fake),
    sources,
    pass: () => {
      const due = [...timers.values()];
      timers.clear();
      due.forEach((run) => run());
    },
    pending: () => timers.size,
  };
}
const changed = { type: 'changed', kinds: ['inspection'], inspections: ['i1'], findings: [] };

describe('the live stream', () => {
  it('is live only after it has opened', () => {
    const { live, sources } = world();
    live.start();
    expect(live.state).toBe('connecting');
    sources[0]?.onopen?.(new Event('open'));
    expect(live.state).toBe('live');
  });

  it('hands changes to every listener until they stop listening', () => {
    const { live, sources } = world();
    const first = vi.fn();
    const second = vi.fn();
    live.start();
    const stop = live.listen(first);
    live.listen(second);
    sources[0]?.say(changed);
    stop();
    sources[0]?.say(changed);
    expect(first).toHaveBeenCalledTimes(1);
    expect(second).toHaveBeenCalledTimes(2);
  });

  it('says "reconnecting" after a break and connects again by itself', () => {
    const { live, sources, pass } = world();
    live.start();
    sources[0]?.onopen?.(new Event('open'));
    sources[0]?.onerror?.(new Event('error'));
    expect(live.state).toBe('reconnecting');
    expect(sources[0]?.closed).toBe(true);
    pass();
    sources[1]?.onopen?.(new Event('open'));
    expect(live.state).toBe('live');
  });

  it('asks listeners to read again after each opening, because changes may have been missed', () => {
    const { live, sources, pass } = world();
    const told: LiveChange[] = [];
    live.listen((change) => told.push(change));
    live.start();
    sources[0]?.onopen?.(new Event('open'));
    sources[0]?.onerror?.(new Event('error'));
    pass();
    sources[1]?.onopen?.(new Event('open'));
    expect(told.map((change) => change.gap)).toEqual([true, true]);
  });

  it('does not call a silent stream live for ever', () => {
    const { live, sources, pass } = world();
    live.start();
    sources[0]?.onopen?.(new Event('open'));
    sources[0]?.ping();
    expect(live.state).toBe('live');
    pass();
    expect(live.state).toBe('reconnecting');
  });

  it('finds out at once when something says that the network is gone', () => {
    const { live, sources } = world();
    live.start();
    sources[0]?.onopen?.(new Event('open'));
    live.suspect();
    expect(live.state).toBe('reconnecting');
    live.hurry();
    expect(sources).toHaveLength(2);
  });

  it('leaves nothing running after it was stopped', () => {
    const { live, sources, pending } = world();
    live.start();
    sources[0]?.onerror?.(new Event('error'));
    live.stop();
    expect(pending()).toBe(0);
    expect(live.state).toBe('off');
  });
});

describe('the wait between attempts', () => {
  it.each([
    [1, 1, 1_000],
    [1, 0, 250],
    [3, 1, 4_000],
    [20, 1, 30_000],
  ])('after %i failures with luck %d is %i ms', (failures, luck, expected) => {
    expect(backoff(failures, luck)).toBe(expected);
  });
});

describe('messages', () => {
  it.each([['not json'], ['{"type":"other"}'], [42]])('ignores %s', (data) => {
    expect(parseLive(data)).toBeNull();
  });
  it('treats a full list of ids as cut: everything is read again', () => {
    const inspections = Array.from({ length: 200 }, (_, index) => `i${index}`);
    expect(parseLive(JSON.stringify({ type: 'changed', inspections }))?.gap).toBe(true);
  });
  it('fills what a message leaves out', () => {
    expect(parseLive('{"type":"changed"}')).toEqual({ gap: false, kinds: [], inspections: [], findings: [] });
  });
});
