import { beforeEach, describe, expect, it } from 'vitest';
import type { Author, Item, ItemView } from '$shared/generated/core';
import { locale } from '$shared/i18n';
import { freshness, neededReadings, notFresh, timeLeft } from './freshness';
import { freshnessWords } from './freshness-words';

const MINUTE = 60_000;
const taken = new Date(2026, 10, 27, 10, 12).getTime();
const item: Item = { id: 'o2', text: { zh: '氧', en: 'Oxygen' }, response: { type: 'number', unit: '%', min: null, max: null }, valid_minutes: 30 };
const reading = (verdict: ItemView['verdict'], at = taken): ItemView =>
  ({ key: 'o2', section: 's', verdict, by: { wall: { ms: at, offset_minutes: 480, source: 0 } } as Author, contested: [] }) as unknown as ItemView;

beforeEach(() => locale.set('en'));

describe('a reading', () => {
  it('is good until its minutes are over, to the millisecond', () => {
    const until = taken + 30 * MINUTE;
    expect(freshness(item, reading('pass'), taken)).toEqual({ state: 'good', until, left: 30 * MINUTE });
    expect(freshness(item, reading('pass'), until)).toEqual({ state: 'good', until, left: 0 });
    expect(freshness(item, reading('pass'), until + 1)).toEqual({ state: 'over', until });
  });

  it.each([
    ['that was not taken is missing', undefined, 'missing'],
    ['that was left open is missing', reading(null), 'missing'],
    ['answered "not applicable" is missing: nobody measured', reading('not_applicable'), 'missing'],
    ['outside its limits does not become good by being new', reading('fail'), 'outside'],
    ['from the future is not trusted: the clock was set back', reading('pass', taken + 5 * MINUTE), 'over'],
  ] as const)('%s', (_name, view, state) => {
    expect(freshness(item, view, taken).state).toBe(state);
  });

  it.each([
    [18 * MINUTE, 'Good until 10:42 · 12 min left'],
    [28.5 * MINUTE, 'Good until 10:42 · 2 min left'],
    [29 * MINUTE, 'Good until 10:42 · 60 s left'],
    [29.95 * MINUTE, 'Good until 10:42 · 3 s left'],
    [31 * MINUTE, 'Out of date since 10:42, take again'],
  ])('%d ms after it was taken says "%s"', (passed, words) => {
    expect(freshnessWords(freshness(item, reading('pass'), taken + passed))).toBe(words);
  });

  it('counts whole minutes while there is more than one, then seconds', () => {
    expect(timeLeft(61_000)).toEqual({ minutes: 2 });
    expect(timeLeft(60_000)).toEqual({ seconds: 60 });
    expect(timeLeft(1)).toEqual({ seconds: 1 });
    expect(timeLeft(-5)).toEqual({ seconds: 0 });
  });
});

describe('a pass that rests on readings', () => {
  const enter: Item = { id: 'enter', text: { zh: '进入', en: 'Enter' }, needs_fresh: ['o2', 'lel'] };
  const definitions = new Map([['o2', item], ['lel', { ...item, id: 'lel' }]]);
  const known = (...views: ItemView[]) => ({ items: new Map(views.map((one) => [one.key, one])), definition: (id: string) => definitions.get(id) });

  it('waits for those that are missing or out of date', () => {
    const needed = neededReadings(enter, 'enter', known(reading('pass')), taken + 20 * MINUTE);
    expect(needed.map((one) => [one.key, one.freshness.state])).toEqual([['o2', 'good'], ['lel', 'missing']]);
    expect(notFresh(needed).map((one) => one.key)).toEqual(['lel']);
  });

  it('waits for all of them when time has gone by', () => {
    const both = known(reading('pass'), { ...reading('pass'), key: 'lel' });
    expect(notFresh(neededReadings(enter, 'enter', both, taken + MINUTE))).toEqual([]);
    expect(notFresh(neededReadings(enter, 'enter', both, taken + 31 * MINUTE))).toHaveLength(2);
  });

  it('in a repeat group looks at the readings of its own instance', () => {
    const own = { ...reading('pass'), key: 'o2@tank-1' };
    const other = { ...reading('fail'), key: 'o2' };
    const needed = neededReadings(enter, 'enter@tank-1', known(own, other), taken);
    expect(needed.map((one) => one.key)).toEqual(['o2@tank-1', 'lel']);
  });
});
