import { describe, expect, it } from 'vitest';
import { fakeBackend } from '$shared/backend/fake/index';
import type { InspectionId } from '$shared/generated/core';
import { FinishStore, signersOf } from './finish.svelte';

async function opened() {
  const backend = fakeBackend({ scene: 'demo' });
  const today = await backend.call('today', {});
  const store = new FinishStore(backend, today.drafts[0]?.id as InspectionId);
  await store.load();
  return { backend, store };
}

describe('finishing', () => {
  it('asks both inspectors and the site’s representative', async () => {
    const { store } = await opened();
    expect(store.view && signersOf(store.view).map((signer) => signer.role)).toEqual(['inspector', 'second_inspector', 'site_representative']);
    expect(store.finish?.missing_signatures).toHaveLength(3);
    expect(store.finish?.can_submit).toBe(false);
  });

  it('can be submitted once all signed, or the representative refused before a witness', async () => {
    const { store } = await opened();
    await store.sign('inspector', '张伟', null, 'aaaa');
    await store.sign('second_inspector', '李娜', null, 'aaaa');
    expect(store.finish?.missing_signatures).toEqual(['site_representative']);
    expect(await store.refuse('不认可结论', '王五')).toBeNull();
    expect(store.finish?.can_submit).toBe(true);
    expect(await store.submit(' ')).toBeNull();
    expect(store.view?.stage).toBe('submitted');
  });

  it('a signature that could not be stored is reported and still missing', async () => {
    const { backend, store } = await opened();
    backend.failNext('sign', 'disk_full');
    expect((await store.sign('inspector', '张伟', null, 'aaaa'))?.code).toBe('disk_full');
    expect(store.view?.signatures).toEqual([]);
  });
});
