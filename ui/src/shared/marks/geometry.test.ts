import { describe, expect, it } from 'vitest';
import type { Mark } from '../generated/core';
import { EM, END, layOut, markAt, moved, pointOf, rectangle, sizeOf, spotOf, wings } from './geometry';

const SIZE = { width: 1000, height: 750 };
const spot = (x: number, y: number) => ({ x, y });

describe('places', () => {
  it('the longer side of the drawing has 1000 units, upright or across', () => {
    expect(sizeOf({ width: 4000, height: 3000 })).toEqual(SIZE);
    expect(sizeOf({ width: 3000, height: 4000 })).toEqual({ width: 750, height: 1000 });
  });

  it('what was never decoded has nothing to draw over', () => {
    for (const width of [null, 0]) expect(sizeOf({ width, height: 10 })).toBeNull();
  });

  it('a place comes back as it went, and a finger beyond the edge means the edge', () => {
    for (const at of [spot(0, 0), spot(END, END), spot(1234, 8765)]) expect(spotOf(pointOf(at, SIZE), SIZE)).toEqual(at);
    expect(spotOf({ x: -50, y: 900 }, SIZE)).toEqual(spot(0, END));
  });
});

describe('shapes', () => {
  it('a frame is the same from any corner', () => {
    const frame = { x: 10, y: 20, width: 30, height: 40 };
    expect(rectangle({ x: 10, y: 20 }, { x: 40, y: 60 })).toEqual(frame);
    expect(rectangle({ x: 40, y: 20 }, { x: 10, y: 60 })).toEqual(frame);
  });

  it('the strokes of an arrowhead lie behind its tip, one on each side', () => {
    const [left, right] = wings({ x: 0, y: 0 }, { x: 500, y: 0 });
    for (const end of [left, right]) expect(end.x).toBeLessThan(500);
    expect(left.y).toBeCloseTo(-right.y);
    expect(left.y).not.toBeCloseTo(0);
  });
});

describe('words', () => {
  it('long words are broken so that they stay inside, at spaces in English and anywhere in Chinese', () => {
    const chinese = layOut('甲烷传感器悬挂位置过低且距顶板超过三百毫米', { x: 700, y: 10 }, SIZE);
    expect(chinese.lines.length).toBeGreaterThan(1);
    expect(chinese.lines.join('')).toBe('甲烷传感器悬挂位置过低且距顶板超过三百毫米');
    for (const line of chinese.lines) expect(chinese.x + line.length * EM).toBeLessThanOrEqual(SIZE.width);
    const english = layOut('sensor hangs below the roof fall', { x: 600, y: 10 }, SIZE);
    expect(english.lines.join(' ')).toBe('sensor hangs below the roof fall');
  });

  it('words at the very edge begin further left, so that something of them can be read', () => {
    expect(layOut('漏水', { x: 999, y: 10 }, SIZE).x).toBeLessThan(SIZE.width - 2 * EM);
  });

  it('short words are one line where they were put', () => {
    expect(layOut('漏水', { x: 100, y: 10 }, SIZE)).toEqual({ x: 100, lines: ['漏水'] });
  });
});

describe('finding and moving', () => {
  const arrow: Mark = { type: 'arrow', from: spot(1000, 1000), to: spot(5000, 1000) };
  const frame: Mark = { type: 'frame', from: spot(2000, 2000), to: spot(8000, 8000) };
  const words: Mark = { type: 'text', at: spot(1000, 9000), text: '漏水' };
  const marks = [arrow, frame, words];

  it.each([
    ['on the arrow', spot(3000, 1050), 0],
    ['on the side of the frame', spot(2050, 5000), 1],
    ['inside the frame, where there is only picture', spot(5000, 5000), null],
    ['on the words', spot(1200, 9000), 2],
    ['in the corner', spot(9900, 100), null],
  ])('%s', (_, at, expected) => {
    expect(markAt(marks, pointOf(at, SIZE), SIZE, 20)).toBe(expected);
  });

  it('of two at one place the upper one is meant', () => {
    expect(markAt([arrow, arrow], pointOf(spot(3000, 1000), SIZE), SIZE, 20)).toBe(1);
  });

  it('a mark moves as a whole or by its end, and stays inside', () => {
    expect(moved(arrow, 100, 0, 'all')).toEqual({ type: 'arrow', from: spot(1100, 1000), to: spot(5100, 1000) });
    expect(moved(arrow, 0, 100, 'end')).toEqual({ ...arrow, to: spot(5000, 1100) });
    expect(moved(words, -5000, 5000, 'end')).toEqual({ ...words, at: spot(0, END) });
  });
});
