import { describe, expect, it, vi } from 'vitest';
import { BackendError } from '$shared/backend';
import type { Mark } from '$shared/generated/core';
import { MOST_MARKS } from '$shared/marks/geometry';
import { Marker } from './marker.svelte';

const at = (x: number, y: number) => ({ x, y });
const recorder = () => vi.fn((_: Mark[]): Promise<BackendError | null> => Promise.resolve(null));

function draw(marker: Marker, from = at(1000, 1000), to = at(6000, 6000)): void {
  marker.begin(from);
  marker.drag(to);
  marker.end();
}

describe('drawing', () => {
  it('each finished mark is recorded with those before it', async () => {
    const record = recorder();
    const marker = new Marker([], record);
    draw(marker);
    await marker.settled();
    marker.tool = 'frame';
    draw(marker);
    await marker.settled();
    expect(record.mock.calls.map(([marks]) => marks.map((mark) => mark.type))).toEqual([['arrow'], ['arrow', 'frame']]);
  });

  it('a slip of the finger is no mark', async () => {
    const record = recorder();
    const marker = new Marker([], record);
    draw(marker, at(100, 100), at(150, 120));
    await marker.settled();
    expect(record).not.toHaveBeenCalled();
  });

  it('what the system takes over is no mark', () => {
    const marker = new Marker([], recorder());
    marker.begin(at(0, 0));
    marker.drag(at(9000, 9000));
    marker.cancel();
    expect(marker.shown).toEqual([]);
  });

  it('words are put where the finger is, once there are words', async () => {
    const record = recorder();
    const marker = new Marker([], record);
    marker.tool = 'text';
    draw(marker);
    expect(marker.marks).toEqual([]);
    marker.words = ' 漏水 ';
    draw(marker, at(100, 100), at(300, 400));
    await marker.settled();
    expect(record).toHaveBeenCalledExactlyOnceWith([{ type: 'text', at: at(300, 400), text: '漏水' }]);
    expect(marker.words).toBe('');
  });

  it('no more than the core takes', () => {
    const full = Array.from({ length: MOST_MARKS }, (): Mark => ({ type: 'arrow', from: at(0, 0), to: at(9000, 0) }));
    const marker = new Marker(full, recorder());
    draw(marker);
    marker.put();
    expect(marker.marks).toHaveLength(MOST_MARKS);
  });
});

describe('changing', () => {
  it('keys put, move, stretch and remove a mark', async () => {
    const marker = new Marker([], recorder());
    marker.put();
    marker.move(1, 0, 'all');
    marker.move(0, 2, 'end');
    expect(marker.marks).toEqual([{ type: 'arrow', from: at(3850, 3750), to: at(6350, 6450) }]);
    marker.removeChosen();
    await marker.settled();
    expect(marker.marks).toEqual([]);
    expect(marker.chosen).toBeNull();
  });

  it('a step that is taken back is recorded too', async () => {
    const record = recorder();
    const marker = new Marker([], record);
    draw(marker);
    await marker.settled();
    marker.undo();
    await marker.settled();
    expect(record.mock.lastCall).toEqual([[]]);
    expect(marker.canUndo).toBe(false);
  });

  it('of many quick steps the last one is recorded', async () => {
    const record = recorder();
    const marker = new Marker([], record);
    marker.put();
    for (let step = 0; step < 20; step += 1) marker.move(1, 0, 'all');
    await marker.settled();
    expect(record).toHaveBeenCalledExactlyOnceWith([...marker.marks]);
  });

  it('what the store refuses stays on the screen and can be recorded again', async () => {
    const record = recorder();
    record.mockResolvedValueOnce(new BackendError('disk_full', 'no space'));
    const marker = new Marker([], record);
    draw(marker);
    await marker.settled();
    expect(marker.failure?.code).toBe('disk_full');
    expect(marker.marks).toHaveLength(1);
    await marker.retry();
    expect(marker.failure).toBeNull();
    expect(record).toHaveBeenCalledTimes(2);
  });
});
