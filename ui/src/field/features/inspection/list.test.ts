import { beforeEach, describe, expect, it } from 'vitest';
import { fakeBackend, type FakeBackend } from '$shared/backend/fake/index';
import type { AnswerValue, InspectionId } from '$shared/generated/core';
import { InspectionStore, slot } from './inspection.svelte';
import type { Filter } from './model';

const verdict = (value: 'pass' | 'fail' | 'not_applicable'): AnswerValue => ({ type: 'verdict', value });

let backend: FakeBackend;
let store: InspectionStore;

/** The inspection of confined spaces: words to read, readings, a pass that rests on them, one before it. */
beforeEach(async () => {
  backend = fakeBackend({ scene: 'demo' });
  const { drafts } = await backend.call('today', {});
  const card = drafts.find((one) => one.checklist_title.en === 'Work in confined spaces');
  store = new InspectionStore(backend, card?.id as InspectionId);
  await store.load();
});

const shown = () => store.list.rows.flatMap((row) => (row.type === 'item' ? [row.key] : []));

describe('the count on a filter', () => {
  it('is the number of rows that it shows, before and after answers', async () => {
    const agree = () => {
      for (const filter of ['unanswered', 'failed', 'major', 'contested'] satisfies Filter[]) {
        store.list.show(filter);
        expect(shown(), filter).toHaveLength(store.list.counts[filter]);
      }
      store.list.show('all');
      expect(store.list.counts.all, 'words to read are shown and not counted').toBe(shown().length - 1);
    };
    agree();
    await store.answer('permit', verdict('fail'));
    await store.answer('isolation', verdict('pass'));
    await store.answer('rescue', verdict('not_applicable'));
    agree();
    await store.answer('permit', null);
    agree();
    expect(store.list.counts.all).toBe(store.view?.summary.total);
    expect(store.list.counts.failed).toBe(store.view?.summary.failed);
  });

  it('follows an answer without making the rows anew', async () => {
    const before = store.list.rows;
    await store.answer('permit', verdict('fail'));
    expect(store.list.counts.failed).toBe(1);
    expect(store.list.rows).toBe(before);
  });
});

describe('a filter', () => {
  it('shows what comes to match it while it is on', async () => {
    store.list.show('failed');
    expect(shown()).toEqual([]);
    await store.answer('guardian', verdict('fail'));
    expect(shown()).toEqual(['guardian']);
  });

  it('and the search narrow the list together', () => {
    store.list.show('major');
    store.list.query = '作业票';
    expect(shown()).toEqual(['permit']);
    store.list.query = '管道';
    expect(shown()).toEqual([]);
  });

  it('stays when the inspection comes anew, for example by a sync', async () => {
    store.list.show('major');
    const before = shown();
    await store.load();
    expect(store.list.filter).toBe('major');
    expect(shown()).toEqual(before);
  });
});

it('a view that comes anew and says the same keeps every object, so that nothing is drawn again', async () => {
  const { rows } = store.list;
  const items = [...store.items.values()];
  await store.load();
  expect(store.list.rows).toBe(rows);
  expect([...store.items.values()].every((item, index) => item === items[index])).toBe(true);
});

describe('the list by area', () => {
  beforeEach(() => store.list.group('area'));

  it('counts each area and follows answers', async () => {
    expect(store.list.areas.get('opening')).toEqual({ total: 8, answered: 2, failed: 0, contested: 0 });
    await store.answer('rescue', verdict('fail'));
    expect(store.list.areas.get('opening')).toEqual({ total: 8, answered: 3, failed: 1, contested: 0 });
    expect(store.list.areas.get('office'), 'it stands in both').toEqual({ total: 2, answered: 1, failed: 1, contested: 0 });
  });

  it('goes on to the next open item of the same area', () => {
    store.current = 'isolation';
    expect(store.nextOpen()).toBe('rescue');
    store.current = 'guardian';
    expect(store.nextOpen()).toBe('h2s');
  });
});

describe('"whole section passes"', () => {
  const place = () => store.list.places.find((one) => one.section === 'before')!;

  it('answers what is open and plain, and says so on each item', async () => {
    await store.answer('guardian', verdict('fail'));
    expect(await store.passSection(place())).toBe(true);
    expect(['permit', 'isolation', 'rescue'].map((key) => store.items.get(key)?.with_section)).toEqual([true, true, true]);
    expect(store.items.get('guardian')?.verdict, 'what was answered stays').toBe('fail');
    expect(store.items.get('space')?.verdict, 'a choice needs an answer of its own').toBeNull();
  });

  it('is undone for an item by answering it again', async () => {
    await store.passSection(place());
    await store.answer('permit', verdict('fail'));
    expect(store.items.get('permit')).toMatchObject({ verdict: 'fail', with_section: false });
    expect(store.items.get('isolation')?.with_section).toBe(true);
  });

  it('keeps the items on screen that it answered under "unanswered"', async () => {
    store.list.show('unanswered');
    await store.passSection(place());
    expect(shown()).toContain('permit');
  });

  it('leaves readings and the pass that rests on them', async () => {
    const gas = store.list.places.find((one) => one.section === 'gas')!;
    await store.passSection(gas);
    expect(store.items.get('ch4_long')?.with_section).toBe(true);
    expect(store.items.get('enter')?.verdict).toBeNull();
    expect(store.items.get('h2s')?.verdict).toBeNull();
  });

  it('that could not be saved says so and can be tried again', async () => {
    backend.failNext('pass_section', 'disk_full');
    expect(await store.passSection(place())).toBe(false);
    expect(store.saves.states.get(slot.section(place()))).toMatchObject({ state: 'failed' });
    expect(store.items.get('permit')?.verdict).toBeNull();
  });
});

describe('"last time"', () => {
  it('shows the answers of the inspection before, beside those of now', async () => {
    await store.last.toggle();
    expect(store.last.state).toBe('shown');
    expect(store.last.of('o2')).toEqual({ key: 'o2', value: { type: 'number', value: '20.7' }, verdict: 'pass' });
    expect(store.last.of('rescue')?.verdict).toBe('fail');
    expect(store.last.of('space'), 'open last time').toBeNull();
  });

  it('fills nothing in', async () => {
    const before = store.list.counts.unanswered;
    await store.last.toggle();
    expect(store.items.get('rescue')?.verdict).toBeNull();
    expect(store.list.counts.unanswered).toBe(before);
    expect(backend.calls.some((call) => call.name === 'record_answer')).toBe(false);
  });

  it('says when there was none, and when it could not be read', async () => {
    const { drafts } = await backend.call('today', {});
    const first = new InspectionStore(backend, drafts[0]?.id as InspectionId);
    await first.load();
    await first.last.toggle();
    expect(first.last.state).toBe('none');
    backend.failNext('compare_last', 'internal');
    await first.last.refresh();
    expect(first.last.state).toBe('failed');
  });

  it('stays off when it is switched off before the answer came', async () => {
    const reading = store.last.toggle();
    await store.last.toggle();
    await reading;
    expect(store.last.state).toBe('off');
  });
});

describe('what the core refuses', () => {
  it('an implausible reading comes back with what is expected, and what was typed stays', async () => {
    expect(await store.answer('o2', { type: 'number', value: '79' })).toBe(false);
    const save = store.saves.states.get(slot.answer('o2'));
    expect(save?.state === 'failed' && save.error.details).toMatchObject({ reason: 'not_accepted', values: { en: expect.stringContaining('check the instrument') } });
    expect(store.valueOf('o2')).toEqual({ type: 'number', value: '79' });
  });

  it('a pass on readings that are out of date comes back with their names', async () => {
    expect(await store.answer('enter', verdict('pass'))).toBe(false);
    const save = store.saves.states.get(slot.answer('enter'));
    expect(save?.state === 'failed' && save.error.details).toEqual({ readings: ['lel', 'h2s'] });
  });

  it('a pass stands once all readings are in date', async () => {
    await store.answer('lel', { type: 'number', value: '2' });
    await store.answer('h2s', { type: 'number', value: '0.5' });
    expect(await store.answer('enter', verdict('pass'))).toBe(true);
    expect(store.items.get('enter')).toMatchObject({ verdict: 'pass', stale: false });
  });
});

it('choices are offered as other answers allow', async () => {
  expect(store.items.get('source')?.offered).toEqual([]);
  await store.answer('space', { type: 'choice', value: 'tank' });
  expect(store.items.get('source')?.offered).toEqual(['residue']);
});
