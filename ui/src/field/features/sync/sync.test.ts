import { describe, expect, it } from 'vitest';
import { fakeBackend } from '$shared/backend/fake/index';
import type { SyncCause, SyncStatus } from '$shared/generated/app';
import { moodOf, SyncStore, undelivered, uploadShare } from './sync.svelte';

const idle: SyncStatus = { phase: 'idle', problem: null, last_contact: null, next_attempt: null, events_waiting: 0, blobs_waiting: 0, bytes_waiting: 0, bytes_sent: 0, saved: 0, waiting: 0, sent: 0, delivered: 4 };
const problem = (cause: SyncCause) => ({ ...idle, phase: 'waiting' as const, waiting: 2, problem: { cause, since: 0, detail: '' } });

describe('the badge', () => {
  it.each([
    ['nothing known yet', null, 'unknown'],
    ['everything delivered', idle, 'delivered'],
    ['a record only saved here', { ...idle, saved: 1 }, 'waiting'],
    ['a photograph without a receipt', { ...idle, blobs_waiting: 1 }, 'waiting'],
    ['an upload under way', { ...idle, phase: 'uploading', sent: 1 }, 'working'],
    ['no network: patience, not an alarm', problem('no_network'), 'waiting'],
    ['a revoked device needs a person', problem('revoked'), 'problem'],
    ['a full disk needs a person', problem('disk_full'), 'problem'],
  ] as const)('%s', (_name, status, mood) => {
    expect(moodOf(status as SyncStatus | null)).toBe(mood);
  });

  it('counts everything that is not delivered', () => {
    expect(undelivered({ ...idle, saved: 1, waiting: 2, sent: 3 })).toBe(6);
  });

  it('shows a share only while something is uploaded', () => {
    expect(uploadShare(idle)).toBeNull();
    expect(uploadShare({ ...idle, phase: 'uploading', bytes_waiting: 0 })).toBeNull();
    expect(uploadShare({ ...idle, phase: 'uploading', bytes_waiting: 200, bytes_sent: 50 })).toBe(0.25);
    expect(uploadShare({ ...idle, phase: 'uploading', bytes_waiting: 200, bytes_sent: 500 })).toBe(1);
  });
});

it('"sync now" shows what the driver answers and keeps the old state when it fails', async () => {
  const backend = fakeBackend({ sync: 'server_unreachable' });
  const sync = new SyncStore(backend);
  await sync.load();
  expect(sync.mood).toBe('problem');
  backend.failNext('sync_now', 'locked');
  await sync.now();
  expect(sync.error?.code).toBe('locked');
  expect(sync.mood).toBe('problem');
  await sync.now();
  expect(sync.error).toBeNull();
  expect(sync.mood).toBe('delivered');
});

it('a network that came back is a hint: the state is taken over, and a failure is nobody\'s business', async () => {
  const backend = fakeBackend({ sync: 'server_unreachable' });
  const sync = new SyncStore(backend);
  await sync.networkChanged();
  expect(sync.mood).toBe('problem');
  backend.failNext('network_changed', 'locked');
  await sync.networkChanged();
  expect(sync.error).toBeNull();
});
