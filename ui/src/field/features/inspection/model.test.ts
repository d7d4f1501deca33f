import { describe, expect, it } from 'vitest';
import type { Checklist, Item, ItemView, SectionView } from '$shared/generated/core';
import { buildRows, fromLocalInput, indexChecklist, isOpen, matchesFilter, matchesQuery, nextOpen, parseReading, splitKey, toLocalInput } from './model';

const item = (id: string, rest: Partial<Item> = {}): Item => ({ id, text: { zh: `${id} 检查项`, en: `${id} item` }, ...rest });
const view = (key: string, rest: Partial<ItemView> = {}): ItemView => ({
  key,
  section: 's1',
  value: null,
  verdict: null,
  contested: [],
  by: null,
  note: null,
  broken_limit: null,
  suggested: null,
  findings: [],
  photos: 0,
  redo: false,
  ...rest,
});
const section = (id: string, rest: Partial<SectionView> = {}): SectionView => ({ section: id, instance: null, label: null, is_group: false, total: 0, answered: 0, failed: 0, contested: 0, ...rest });

describe('a typed reading', () => {
  it.each([
    ['0.75', '0.75'],
    [' 1,5 ', '1.5'],
    ['.5', '0.5'],
    ['-.5', '-0.5'],
    ['3.', '3'],
    ['−2', '-2'],
    ['007', '007'],
    ['1.000', '1.000'],
  ])('%s is recorded as %s, digit for digit', (typed, value) => {
    expect(parseReading(typed, null, null)).toEqual({ value });
  });

  it.each(['', 'abc', '1.2.3', '1e3', '--1', '.', '1 2', 'NaN', 'Infinity'])('%s is not a number', (typed) => {
    expect(parseReading(typed, null, null)).toEqual({ problem: 'not_a_number' });
  });

  it('outside what is plausible is refused, at the bound it is taken', () => {
    expect(parseReading('-1', '0', '100')).toEqual({ problem: 'too_low' });
    expect(parseReading('101', '0', '100')).toEqual({ problem: 'too_high' });
    expect(parseReading('100', '0', '100')).toEqual({ value: '100' });
  });
});

describe('what is open', () => {
  it.each([
    ['an item without an answer', view('a'), true],
    ['an answered item', view('a', { verdict: 'pass' }), false],
    ['an answered item that was given back', view('a', { verdict: 'pass', redo: true }), true],
    ['"not checked" is an answer', view('a', { verdict: 'not_checked' }), false],
  ])('%s', (_name, one, open) => {
    expect(isOpen(one)).toBe(open);
  });

  it('the next one follows the current one and wraps around', () => {
    const items = new Map([view('a'), view('b', { verdict: 'pass' }), view('c')].map((one) => [one.key, one]));
    const order = ['a', 'b', 'c'];
    expect(nextOpen(order, items, null)).toBe('a');
    expect(nextOpen(order, items, 'a')).toBe('c');
    expect(nextOpen(order, items, 'c')).toBe('a');
  });

  it('the only open one is next even from itself, and nothing when all is answered', () => {
    const items = new Map([view('a'), view('b', { verdict: 'pass' })].map((one) => [one.key, one]));
    expect(nextOpen(['a', 'b'], items, 'a')).toBe('a');
    items.set('a', view('a', { verdict: 'fail' }));
    expect(nextOpen(['a', 'b'], items, 'a')).toBeNull();
  });
});

describe('filters and search', () => {
  it('tell failed, major and contested apart', () => {
    const by = { eid: 'e', person: 'p', name: null, device: null, wall: { ms: 0, offset_minutes: 0, source: 0 } } as unknown as ItemView['contested'][number]['by'];
    expect(matchesFilter('failed', view('a', { verdict: 'fail' }), item('a'))).toBe(true);
    expect(matchesFilter('major', view('a'), item('a', { grade: 'major' }))).toBe(true);
    expect(matchesFilter('major', view('a'), item('a', { grade: 'general' }))).toBe(false);
    expect(matchesFilter('contested', view('a', { contested: [{ value: null, verdict: null, by }] }), item('a'))).toBe(true);
  });

  it('find every word in either language, the clause and the note', () => {
    const one = item('fan', { basis: [{ standard: 'x', clause: '第四条' }] });
    expect(matchesQuery('FAN item', one, view('fan'))).toBe(true);
    expect(matchesQuery('检查项', one, view('fan'))).toBe(true);
    expect(matchesQuery('第四条', one, view('fan'))).toBe(true);
    expect(matchesQuery('锈蚀', one, view('fan', { note: '叶片锈蚀' }))).toBe(true);
    expect(matchesQuery('fan pump', one, view('fan'))).toBe(false);
    expect(matchesQuery('  ', one, view('fan'))).toBe(true);
  });
});

describe('rows', () => {
  const checklist = {
    sections: [
      { id: 's1', title: { zh: '一', en: 'One' }, items: [item('a'), item('b')] },
      { id: 's2', title: { zh: '二', en: 'Two' }, items: [item('c')], repeat: { title: { zh: '罐', en: 'tank' } } },
    ],
  } as unknown as Checklist;
  const instance = 'i1' as SectionView['instance'];
  const sections = [section('s1'), section('s2', { is_group: true }), section('s2', { instance, label: 'T-1' })];
  const items = new Map([view('a'), view('b', { verdict: 'fail' }), view('c@i1', { section: 's2' })].map((one) => [one.key, one]));
  const build = (shows: (one: ItemView) => boolean, filtered: boolean) =>
    buildRows({ sections, order: ['a', 'b', 'c@i1'], items, index: indexChecklist(checklist), shows, filtered }).map((row) => row.id);

  it('are headings followed by their items, each instance of a repeat group by itself', () => {
    expect(build(() => true, false)).toEqual(['#s1@', 'a', 'b', '#s2@+', '#s2@i1', 'c@i1']);
  });

  it('leave out headings without a match when something is filtered', () => {
    expect(build((one) => one.verdict === 'fail', true)).toEqual(['#s1@', 'b']);
  });

  it('skip items that the checklist does not know', () => {
    const rows = buildRows({ sections: [section('s1')], order: ['zzz'], items: new Map([['zzz', view('zzz')]]), index: indexChecklist(checklist), shows: () => true, filtered: false });
    expect(rows.map((row) => row.id)).toEqual(['#s1@']);
  });
});

it('a key is an item with or without an instance', () => {
  expect(splitKey('fan')).toEqual({ item: 'fan', instance: null });
  expect(splitKey('c@i1')).toEqual({ item: 'c', instance: 'i1' });
});

it('a local moment survives the input and back to the minute', () => {
  const ms = new Date(2026, 10, 24, 7, 5).getTime();
  expect(toLocalInput(ms)).toBe('2026-11-24T07:05');
  expect(fromLocalInput(toLocalInput(ms))).toBe(ms);
  expect(fromLocalInput('')).toBeNull();
  expect(fromLocalInput('nonsense')).toBeNull();
});
