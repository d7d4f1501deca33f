// Pure parts of the features: tables of edges.

import { describe, expect, it } from 'vitest';
import type { Checklist, ItemView, SectionView } from '$shared/generated/core';
import type { EvidenceState, InspectionPage, RegionNode, SealCheck } from '$shared/generated/console';
import en from '../words/en.json';
import zh from '../words/zh.json';
import { readQr } from './devices/qr';
import { contactLines, parseContacts, parseLines } from './desk/lines';
import { ReviewDraft } from './inspection/review.svelte';
import { DEFAULT_COLUMNS, parseColumns, parseSort, sortState } from './ledger/columns';
import { parseViews, viewOf, withView } from './ledger/views';
import { overdue, today } from './ledger/deadline';
import { regionOptions } from './list/regions';
import { OVERSCAN, rowForKey, rowRange } from './list/window';
import { delivery, joinPhotos } from './records/evidence';
import { groupSeals } from './records/seals';
import { joinSections, selectRows } from './records/sections';

const item = (key: string, section: string, over: Partial<ItemView> = {}): ItemView =>
  ({ key, section, value: null, verdict: 'pass', contested: [], by: null, note: null, limits: null, broken_limit: null, suggested: null, findings: [], photos: 0, redo: false, ...over }) as ItemView;
const section = (id: string, instance: string | null = null, is_group = false): SectionView =>
  ({ section: id, instance, label: instance, is_group, total: 0, answered: 0, failed: 0, contested: 0 }) as SectionView;
const checklist = { sections: [{ id: 's', title: { zh: '节', en: 'S' }, items: [{ id: 'a', text: { zh: '甲', en: 'A' }, response: { type: 'pass_fail' } }] }], standards: [] } as unknown as Checklist;

describe('words', () => {
  it('have the same keys in both languages', () => {
    expect(Object.keys(zh).sort()).toEqual(Object.keys(en).sort());
  });
  it('use the same values in both languages', () => {
    const names = (message: string): string[] => [...new Set([...message.matchAll(/\{(\w+)/g)].map((match) => match[1] ?? ''))].sort();
    const other = zh as Record<string, string>;
    const broken = Object.entries(en).filter(([key, message]) => names(message).some((name) => !names(other[key] ?? '').includes(name)));
    expect(broken.filter(([, message]) => !message.includes('plural'))).toEqual([]);
  });
});

describe('answers by section', () => {
  it('put instances of a repeat group apart and leave out the heading of the group', () => {
    const joined = joinSections(checklist, [section('s', null, true), section('s', '1'), section('s', '2')], [item('a@1', 's'), item('a@2', 's')]);
    expect(joined.map((entry) => entry.rows.map((row) => row.view.key))).toEqual([['a@1'], ['a@2']]);
  });
  it('show an item that the checklist does not know by its id', () => {
    const joined = joinSections(checklist, [section('s')], [item('ghost', 's')]);
    expect(joined[0]?.rows[0]?.item.text.en).toBe('ghost');
  });
  it('bring contested and failed items to the front and keep the rest in order', () => {
    const views = [item('a', 's'), item('b', 's', { verdict: 'fail' }), item('c', 's'), item('d', 's', { contested: [{} as never] })];
    const rows = selectRows(joinSections(checklist, [section('s')], views), 'all', true)[0]?.rows ?? [];
    expect(rows.map((row) => row.view.key)).toEqual(['d', 'b', 'a', 'c']);
  });
  it('leave out sections without a match', () => {
    expect(selectRows(joinSections(checklist, [section('s')], [item('a', 's')]), 'failed', false)).toEqual([]);
  });
});

describe('a review', () => {
  const page = (frontier: string | null, keys: string[]): InspectionPage => ({ frontier, view: { items: keys.map((key) => item(key, 's')) } }) as unknown as InspectionPage;
  it('needs a submission, an outcome and, to return, an item', () => {
    const draft = new ReviewDraft();
    draft.follow(page(null, ['a']));
    expect(draft.gap).toBe('no_submission');
    draft.follow(page('f1', ['a']));
    draft.acknowledge();
    expect(draft.gap).toBe('no_outcome');
    draft.outcome = 'returned';
    expect(draft.gap).toBe('no_items');
    draft.toggle('a');
    expect(draft.gap).toBeNull();
  });
  it('names the items in the order of the checklist and the frontier that was read', () => {
    const draft = new ReviewDraft();
    const seen = page('f1', ['a', 'b', 'c']);
    draft.follow(seen);
    draft.outcome = 'returned';
    draft.comment = '  again ';
    draft.toggle('c');
    draft.toggle('a');
    expect(draft.request(seen.view.items)).toEqual({ outcome: 'returned', items: ['a', 'c'], comment: 'again', frontier: 'f1' });
  });
  it('is held back when a newer submission arrives, and keeps what was ticked', () => {
    const draft = new ReviewDraft();
    draft.follow(page('f1', ['a', 'b']));
    draft.outcome = 'returned';
    draft.toggle('a');
    draft.follow(page('f2', ['a']));
    expect([draft.gap, draft.ticked.size]).toEqual(['stale', 1]);
    draft.acknowledge();
    expect(draft.request(page('f2', ['a']).view.items)?.frontier).toBe('f2');
  });
  it('sends no items when it accepts', () => {
    const draft = new ReviewDraft();
    const seen = page('f1', ['a']);
    draft.follow(seen);
    draft.toggle('a');
    draft.outcome = 'accepted';
    expect(draft.request(seen.view.items)?.items).toEqual([]);
  });
});

describe('photographs', () => {
  it('count what is awaited by the device that holds it, with its newest sign of life', () => {
    const views = ['1', '2', '3'].map((id) => ({ id, by: { device: 'T7' } }) as never);
    const states = [
      { evidence: '1', state: 'here' },
      { evidence: '2', state: 'awaiting', device: 'T12', last_seen: 5 },
      { evidence: '3', state: 'awaiting', device: 'T12', last_seen: 9 },
    ] as unknown as EvidenceState[];
    expect(delivery(joinPhotos(views, states))).toEqual({ total: 3, here: 1, waiting: [{ device: 'T12', lastSeen: 9, count: 2 }] });
  });
  it('fall back to the device that attached them when the server says nothing', () => {
    expect(delivery(joinPhotos([{ id: '1', by: { device: 'T7' } } as never], [])).waiting[0]?.device).toBe('T7');
  });
});

describe('seals', () => {
  it('are gathered by device with their range and their worst result', () => {
    const seal = (stream: string, seq: number, state: string): SealCheck => ({ eid: `${stream}${seq}`, stream, device: stream, seq, state, received: 0 }) as unknown as SealCheck;
    expect(groupSeals([seal('a', 9, 'verified'), seal('b', 1, 'verified'), seal('a', 4, 'held')])).toEqual([
      { stream: 'a', device: 'a', total: 2, verified: 1, first: 4, last: 9, worst: 'held' },
      { stream: 'b', device: 'b', total: 1, verified: 1, first: 1, last: 1, worst: 'verified' },
    ]);
  });
});

describe('the window of a long list', () => {
  it.each([
    ['at the top', 0, 800, 40, 100_000, { first: 0, end: 20 + OVERSCAN }],
    ['in the middle', 40_000, 800, 40, 100_000, { first: 1000 - OVERSCAN, end: 1020 + OVERSCAN }],
    ['past the end', 999_999, 800, 40, 10, { first: 10, end: 10 }],
    ['when the list starts below the view', -5_000, 800, 40, 10, { first: 0, end: 0 }],
    ['empty', 0, 800, 40, 0, { first: 0, end: 0 }],
  ])('%s', (_name, above, view, height, count, expected) => {
    expect(rowRange(above, view, height, count)).toEqual(expected);
  });
  it.each([
    ['ArrowDown', 5, 6],
    ['ArrowUp', 0, 0],
    ['End', 5, 9],
    ['PageDown', 5, 9],
    ['Enter', 5, null],
  ])('%s from row %i goes to %s', (key, from, to) => {
    expect(rowForKey(key, from, 10, 8)).toBe(to);
  });
});

describe('the ledger', () => {
  it.each([
    [null, [...DEFAULT_COLUMNS]],
    ['', []],
    ['photos,grade,nonsense', ['grade', 'photos']],
    ['nonsense', [...DEFAULT_COLUMNS]],
  ])('reads the stored columns %j', (stored, expected) => {
    expect(parseColumns(stored)).toEqual(expected);
  });
  it('understands the orders of the server and takes anything else as the default', () => {
    expect([parseSort('deadline'), parseSort(''), parseSort('grade')]).toEqual(['deadline', 'received', 'received']);
    expect([sortState('deadline', 'deadline'), sortState('received', 'received'), sortState('received', 'deadline')]).toEqual(['ascending', 'descending', 'none']);
  });
  it.each([
    ['2026-05-01', '2026-05-02', true],
    ['2026-05-02', '2026-05-02', false],
    ['soon', '2026-05-02', false],
  ])('judges the deadline %s on %s', (deadline, day, expected) => {
    expect(overdue(deadline, day)).toBe(expected);
  });
  it('keeps saved views and leaves out what is damaged', () => {
    const late = { name: 'late', query: { grade: 'major', sort: 'deadline' } };
    expect(parseViews(JSON.stringify([late, { name: '' }, 7, { name: 'x', query: { grade: 1 } }]))).toEqual([late]);
    for (const damaged of [null, '', '{', '{"name":"x"}']) expect(parseViews(damaged)).toEqual([]);
  });
  it('knows the view that is shown, and a view of the same name takes its place', () => {
    const views = withView([{ name: 'a', query: { q: 'roof' } }, { name: 'b', query: {} }], { name: 'a', query: { grade: 'major' } });
    expect(views.map((view) => view.name)).toEqual(['a', 'b']);
    expect(viewOf(views, { grade: 'major', q: '' })).toBe('a');
    expect(viewOf(views, { grade: 'major', q: 'roof' })).toBeNull();
  });
  it('writes today on the reader’s calendar', () => {
    expect(today(new Date(2026, 0, 5, 0, 1))).toBe('2026-01-05');
  });
});

describe('regions', () => {
  const node = (id: string, parent: string | null): RegionNode => ({ id, name: id, parent }) as unknown as RegionNode;
  it('stand under their parent; one whose parent is hidden stands at the top', () => {
    expect(regionOptions([node('county', 'city'), node('city', 'province')]).map((option) => option.label)).toEqual(['city', '\u2003county']);
  });
  it('do not loop on a broken tree', () => {
    expect(regionOptions([node('a', 'b'), node('b', 'a')])).toEqual([]);
  });
});

describe('lists typed as lines', () => {
  it('lose blanks and repeats', () => {
    expect(parseLines(' a \n\nb\na')).toEqual(['a', 'b']);
  });
  it('read duties with either colon and come back', () => {
    const contacts = [{ duty: '安全总监', name: '何建平' }, { duty: 'Principal', name: 'Guo' }];
    expect(parseContacts('安全总监：何建平\nPrincipal: Guo')).toEqual(contacts);
    expect(parseContacts(contactLines(contacts))).toEqual(contacts);
    expect(parseContacts('Guo')).toEqual([{ duty: '', name: 'Guo' }]);
  });
});

describe('the QR code', () => {
  const svg = (inside: string): string => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 37 37">${inside}</svg>`;
  it('keeps the dark modules only', () => {
    expect(readQr(svg('<rect width="37" height="37" fill="#fff"/><path d="M1 1h1v1h-1z" fill="#000"/>'))).toEqual({ viewBox: '0 0 37 37', paths: ['M1 1h1v1h-1z'], rects: [] });
  });
  it.each([['<html/>'], ['not xml <'], [svg('<script>alert(1)</script>')], [svg('<path d="url(javascript:1)"/>')]])('refuses %s', (text) => {
    expect(readQr(text)).toBeNull();
  });
});
