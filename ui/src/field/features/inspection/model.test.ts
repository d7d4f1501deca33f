import { describe, expect, it } from 'vitest';
import type { Checklist, Item, ItemView } from '$shared/generated/core';
import { buildAreaRows, buildRows, fromLocalInput, indexChecklist, isOpen, matchesFilter, nextOpen, parseReading, splitKey, toLocalInput, type Place } from './model';

const item = (id: string, rest: Partial<Item> = {}): Item => ({ id, text: { zh: `${id} 检查项`, en: `${id} item` }, ...rest });
const view = (key: string, rest: Partial<ItemView> = {}): ItemView => ({
  key,
  section: 's1',
  value: null,
  verdict: null,
  contested: [],
  by: null,
  with_section: false,
  offered: null,
  stale: false,
  note: null,
  limits: null,
  broken_limit: null,
  suggested: null,
  findings: [],
  photos: 0,
  redo: false,
  ...rest,
});
const place = (section: string, rest: Partial<Place> = {}): Place => ({ id: `${section}@${rest.instance ?? ''}`, section, instance: null, label: null, isGroup: false, ...rest });

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
    expect(isOpen(one, item('a'))).toBe(open);
  });

  it('never words to read', () => {
    expect(isOpen(view('a'), item('a', { response: { type: 'note' } }))).toBe(false);
  });

  it('the next one follows the current one and wraps around', () => {
    const open = (key: string) => key !== 'b';
    const order = ['a', 'b', 'c'];
    expect(nextOpen(order, open, null)).toBe('a');
    expect(nextOpen(order, open, 'a')).toBe('c');
    expect(nextOpen(order, open, 'c')).toBe('a');
  });

  it('the only open one is next even from itself, and nothing when all is answered', () => {
    expect(nextOpen(['a', 'b'], (key) => key === 'a', 'a')).toBe('a');
    expect(nextOpen(['a', 'b'], () => false, 'a')).toBeNull();
  });
});

describe('filters', () => {
  it('tell failed, major and contested apart', () => {
    const by = { eid: 'e', person: 'p', name: null, device: null, wall: { ms: 0, offset_minutes: 0, source: 0 } } as unknown as ItemView['contested'][number]['by'];
    expect(matchesFilter('failed', view('a', { verdict: 'fail' }), item('a'))).toBe(true);
    expect(matchesFilter('major', view('a'), item('a', { grade: 'major' }))).toBe(true);
    expect(matchesFilter('major', view('a'), item('a', { grade: 'general' }))).toBe(false);
    const limits = [{ pass: 'value < 1', text: { zh: '', en: '' }, grade: 'major' as const }];
    expect(matchesFilter('major', view('a'), item('a', { limits })), 'a limit that suggests major counts too').toBe(true);
    expect(matchesFilter('contested', view('a', { contested: [{ value: null, verdict: null, by }] }), item('a'))).toBe(true);
  });
});

describe('rows', () => {
  const checklist = {
    areas: [{ id: 'shaft', title: { zh: '井筒', en: 'Shaft' } }, { id: 'unused', title: { zh: '无', en: 'None' } }, { id: 'fan', title: { zh: '风机房', en: 'Fan house' } }],
    sections: [
      { id: 's1', title: { zh: '一', en: 'One' }, items: [item('read', { response: { type: 'note' } }), item('a', { areas: ['fan'] }), item('b', { areas: ['fan', 'shaft'] })] },
      { id: 's2', title: { zh: '二', en: 'Two' }, items: [item('c')], repeat: { title: { zh: '罐', en: 'tank' } } },
    ],
  } as unknown as Checklist;
  const places = [place('s1'), place('s2', { isGroup: true }), place('s2', { instance: 'i1', label: 'T-1' })];
  const order = ['read', 'a', 'b', 'c@i1'];
  const index = indexChecklist(checklist);
  const build = (shows: (key: string) => boolean, filtered: boolean) => buildRows({ places, order, index, shows, filtered }).map((row) => row.id);

  it('are headings followed by their items, each instance of a repeat group by itself', () => {
    expect(build(() => true, false)).toEqual(['#s1@', 'read', 'a', 'b', '#s2@+', '#s2@i1', 'c@i1']);
  });

  it('leave out headings without a match when something is filtered', () => {
    expect(build((key) => key === 'b', true)).toEqual(['#s1@', 'b']);
  });

  it('skip items that the checklist does not know', () => {
    const rows = buildRows({ places: [place('s1')], order: ['zzz'], index, shows: () => true, filtered: false });
    expect(rows.map((row) => row.id)).toEqual(['#s1@']);
  });

  it('number questions only: words to read are not counted', () => {
    expect([...index.numbers]).toEqual([['a', 1], ['b', 2], ['c', 3]]);
  });

  it('by area begin with what applies everywhere, then follow the way through the site; an item of two areas stands under both', () => {
    const rows = buildAreaRows({ order, index, shows: () => true });
    expect(rows.map((row) => row.id)).toEqual(['#area:', 'area:/read', 'area:/c@i1', '#area:shaft', 'area:shaft/b', '#area:fan', 'area:fan/a', 'area:fan/b']);
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
