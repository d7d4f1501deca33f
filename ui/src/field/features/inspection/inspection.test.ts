import { beforeEach, describe, expect, it } from 'vitest';
import { fakeBackend, type FakeBackend } from '$shared/backend/fake/index';
import type { AnswerValue, InspectionId } from '$shared/generated/core';
import { InspectionStore, slot } from './inspection.svelte';

const pass: AnswerValue = { type: 'verdict', value: 'pass' };
const fail: AnswerValue = { type: 'verdict', value: 'fail' };

let backend: FakeBackend;
let store: InspectionStore;

/** The demo's inspection in a stage, opened. */
async function opened(stage: 'draft' | 'returned' | 'contested'): Promise<InspectionStore> {
  const list = await backend.call('today', {});
  const card = { draft: list.drafts, returned: list.returned, contested: list.contested }[stage][0];
  const one = new InspectionStore(backend, card?.id as InspectionId);
  await one.load();
  return one;
}

beforeEach(async () => {
  backend = fakeBackend({ scene: 'demo' });
  store = await opened('draft');
});

describe('an answer', () => {
  it('is shown as entered while it is saved and as saved only after the command returned', async () => {
    const saving = store.answer('sensors', pass);
    expect(store.valueOf('sensors')).toEqual(pass);
    expect(store.saves.states.get(slot.answer('sensors'))).toMatchObject({ state: 'saving' });
    expect(store.items.get('sensors')?.value).toBeNull();
    await saving;
    expect(store.saves.states.get(slot.answer('sensors'))).toEqual({ state: 'saved' });
    expect(store.items.get('sensors')?.value).toEqual(pass);
    expect(store.view?.summary.answered).toBe(3);
  });

  it('that the disk has no room for keeps what was entered and is saved by trying again', async () => {
    backend.failNext('record_answer', 'disk_full');
    expect(await store.answer('sensors', fail)).toBe(false);
    const save = store.saves.states.get(slot.answer('sensors'));
    expect(save?.state === 'failed' && save.error.code).toBe('disk_full');
    expect(store.valueOf('sensors')).toEqual(fail);
    expect(store.items.get('sensors')?.value).toBeNull();
    expect(save?.state === 'failed' && (await save.retry())).toBe(true);
    expect(store.items.get('sensors')?.value).toEqual(fail);
  });

  it('pressed twice quickly ends as the last one', async () => {
    await Promise.all([store.answer('sensors', pass), store.answer('sensors', fail)]);
    expect(store.valueOf('sensors')).toEqual(fail);
    expect(store.saves.states.get(slot.answer('sensors'))).toEqual({ state: 'saved' });
  });

  it('that fails while a later one is saved leaves no error behind', async () => {
    backend.failNext('record_answer', 'disk_full');
    await Promise.all([store.answer('sensors', pass), store.answer('sensors', fail)]);
    expect(store.saves.states.get(slot.answer('sensors'))).toEqual({ state: 'saved' });
    expect(store.items.get('sensors')?.value).toEqual(fail);
  });

  it('makes conditional items appear and disappear in their place', async () => {
    expect(store.order).not.toContain('ch4_action');
    await store.answer('ch4', { type: 'number', value: '1.6' });
    expect(store.order.indexOf('ch4_action')).toBe(store.order.indexOf('ch4') + 1);
    expect(store.items.get('ch4')?.broken_limit).toBe(0);
    await store.answer('ch4', { type: 'number', value: '0.3' });
    expect(store.order).not.toContain('ch4_action');
  });
});

describe('the filter', () => {
  it('keeps an item on screen that was just answered, until the filter is chosen again', async () => {
    store.list.show('unanswered');
    const shown = () => store.list.rows.map((row) => row.id);
    expect(shown()).toContain('sensors');
    expect(shown()).not.toContain('fan');
    await store.answer('sensors', pass);
    expect(shown()).toContain('sensors');
    store.list.show('unanswered');
    expect(shown()).not.toContain('sensors');
  });

  it('and the search work together', () => {
    store.list.query = '甲烷';
    expect(store.list.rows.map((row) => row.id)).toEqual(['#ventilation@', 'ch4']);
  });
});

describe('a note', () => {
  it('stays a draft until it is stored, then the draft is gone', async () => {
    store.drafts.set(slot.note('fan'), '风叶有锈');
    backend.failNext('set_note', 'disk_full');
    expect(await store.note('fan', '风叶有锈')).toBe(false);
    expect(store.drafts.get(slot.note('fan'))).toBe('风叶有锈');
    expect(await store.note('fan', '风叶有锈')).toBe(true);
    expect(store.drafts.has(slot.note('fan'))).toBe(false);
    expect(store.items.get('fan')?.note).toBe('风叶有锈');
  });

  it('that did not change is not written again', async () => {
    await store.note('fan', '');
    expect(backend.calls.some((call) => call.name === 'set_note')).toBe(false);
  });
});

describe('a finding of a failed item', () => {
  it('starts with a verified suggestion and without an unverified one', async () => {
    await store.answer('fan', fail);
    await store.answer('sensors', fail);
    expect(store.findingDraft('fan').grade).toBe('major');
    expect(store.findingDraft('sensors').grade).toBeNull();
  });

  it('keeps every typed word when it could not be stored', async () => {
    await store.answer('fan', fail);
    const draft = store.findingDraft('fan');
    draft.description = '备用风机无法启动';
    store.keepFindingDraft('fan', draft);
    backend.failNext('raise_finding', 'disk_full');
    expect(await store.raise('fan', draft, 'major')).toBe(false);
    expect(store.findingDraft('fan').description).toBe('备用风机无法启动');
    expect(await store.raise('fan', store.findingDraft('fan'), 'major')).toBe(true);
    expect(store.items.get('fan')?.findings).toHaveLength(1);
    expect(store.findingDraft('fan').description).toBe('');
  });

  it('can be withdrawn with a reason', async () => {
    await store.answer('fan', fail);
    const draft = store.findingDraft('fan');
    draft.description = 'x';
    await store.raise('fan', draft, 'general');
    const id = store.view?.findings[0]?.id;
    expect(id && (await store.retractFinding(id, '看错了'))).toBeNull();
    expect(store.view?.findings[0]?.retracted).toBe('看错了');
    expect(store.items.get('fan')?.findings).toEqual([]);
  });
});

describe('working with others', () => {
  it('contested values are settled with a reason and are then one', async () => {
    store = await opened('contested');
    expect(store.items.get('sensors')?.contested).toHaveLength(2);
    expect(store.items.get('sensors')?.verdict).toBe('fail');
    expect(await store.resolve('sensors', pass, '已到现场复核')).toBeNull();
    expect(store.items.get('sensors')?.contested).toEqual([]);
    expect(store.items.get('sensors')?.verdict).toBe('pass');
  });

  it('an item given back is open again and done once answered', async () => {
    store = await opened('returned');
    expect(store.items.get('drill')?.redo).toBe(true);
    await store.answer('drill', fail);
    expect(store.items.get('drill')?.redo).toBe(false);
  });

  it('a view that arrives by sync does not take away what is typed', async () => {
    store.drafts.set(slot.note('fan'), 'half a sen');
    backend.failNext('record_answer', 'disk_full');
    await store.answer('sensors', fail);
    await store.load();
    expect(store.drafts.get(slot.note('fan'))).toBe('half a sen');
    expect(store.valueOf('sensors')).toEqual(fail);
  });

  it('instances of a repeat group come with their items and go with a reason', async () => {
    expect(await store.addInstance('face', '3301')).toBeNull();
    const instance = store.view?.sections.find((section) => section.label === '3301')?.instance;
    expect(store.order.filter((key) => key.endsWith(`@${instance}`))).toHaveLength(2);
    expect(instance && (await store.retractInstance(instance, '重复'))).toBeNull();
    expect(store.order.some((key) => key.includes('@'))).toBe(false);
  });
});

describe('photographs', () => {
  const owner = () => ({ inspection: store.id, finding: null, key: 'fan' });
  const picture = () => new Blob(['jpeg'], { type: 'image/jpeg' });

  it('are shown at once and counted when stored', async () => {
    const adding = store.photos.add(owner(), 'camera', [picture(), picture(), picture()]);
    expect(store.photos.of(owner())).toHaveLength(3);
    await adding;
    expect(store.photos.of(owner())).toHaveLength(0);
    expect(store.items.get('fan')?.photos).toBe(3);
  });

  it('that are refused stay with their error while the others are stored', async () => {
    await store.photos.add(owner(), 'file', [new File([], 'empty.jpg'), picture()]);
    const [refused] = store.photos.of(owner());
    expect(refused?.error?.code).toBe('photo_empty');
    expect(refused?.name).toBe('empty.jpg');
    expect(store.items.get('fan')?.photos).toBe(1);
    store.photos.drop(refused?.id ?? 0);
    expect(store.photos.of(owner())).toHaveLength(0);
  });

  it('are stored by trying again once there is room', async () => {
    backend.failNext('attach_photo', 'disk_full');
    await store.photos.add(owner(), 'camera', [picture()]);
    const [waiting] = store.photos.of(owner());
    expect(waiting?.error?.code).toBe('disk_full');
    await store.photos.retry(waiting?.id ?? 0);
    expect(store.items.get('fan')?.photos).toBe(1);
  });
});
