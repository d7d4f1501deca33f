import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Backend, PhotoMetadata } from '$shared/backend';
import { PhotoStore, type PhotoOwner } from './photos.svelte';

const owner = { inspection: 'i', finding: null, key: 'fence' } as unknown as PhotoOwner;
const here = { lat_e7: 1, lon_e7: 2, accuracy_dm: 50, at: 3 };

function store(fix: () => Promise<{ position: typeof here } | { failure: 'denied' }>) {
  const taken: PhotoMetadata[] = [];
  const backend = { attachPhoto: (metadata: PhotoMetadata) => (taken.push(metadata), Promise.resolve({})) } as unknown as Backend;
  return { taken, photos: new PhotoStore(backend, () => undefined, fix) };
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('URL', Object.assign(URL, { createObjectURL: () => 'blob:x', revokeObjectURL: () => undefined }));
});
afterEach(() => vi.useRealTimers());

test('a picture of the camera says where it was taken while the fix is fresh', async () => {
  const { taken, photos } = store(() => Promise.resolve({ position: here }));
  await photos.locate();
  await photos.add(owner, 'camera', [new Blob(['a'])]);
  vi.advanceTimersByTime(121_000);
  await photos.add(owner, 'camera', [new Blob(['b'])]);
  expect(taken.map((one) => one.position)).toEqual([here, null]);
});

test('a file keeps the place that it carries, and a picture without a fix is taken all the same', async () => {
  const fresh = store(() => Promise.resolve({ position: here }));
  await fresh.photos.locate();
  await fresh.photos.add(owner, 'file', [new Blob(['a'])]);
  const refused = store(() => Promise.resolve({ failure: 'denied' }));
  await refused.photos.locate();
  await refused.photos.add(owner, 'camera', [new Blob(['a'])]);
  expect([...fresh.taken, ...refused.taken].map((one) => one.position)).toEqual([null, null]);
});
