/**
 * The in-memory body: for component tests and for looking at screens without a core. Nothing in it is durable, and the
 * production build refuses to contain it. Scenes by the address: `?scene=enrol|locked|empty|demo`, `?sync=<cause>`.
 */
import type { AppEvent, AppStatus, SyncCause, SyncStatus } from '../../generated/app';
import type { Backend } from '../backend';
import type { CommandName, Commands } from '../commands';
import { BackendError, type ErrorCode } from '../error';
import { commands, type Handlers } from './handlers';
import { attach } from './photos';
import { ME, world, type World } from './world';

export type FakeState = {
  world: World;
  status: AppStatus;
  sync: SyncStatus;
  place: string | null;
  images: Map<string, string>;
  emit: (event: AppEvent) => void;
};

export type FakeBackend = Backend & {
  state: FakeState;
  /** The next call of this command fails with this code. */
  failNext(command: CommandName | 'attach_photo', code: ErrorCode, details?: Record<string, unknown>): void;
  /** Every call so far, in order. */
  calls: { name: string; request: unknown }[];
  emit(event: AppEvent): void;
};

const unlocked: AppStatus = { stage: 'unlocked', organisation: '清河市应急管理局', person_id: ME.id, person: ME.name ?? '', device: '矿井平板 3', server: 'https://davy.example.org' };

export function lockedStatus(wait = 0, failed = 0): AppStatus {
  return { stage: 'locked', organisation: '清河市应急管理局', person: ME.name ?? '', wait_seconds: wait, failed_attempts: failed, keychain: true };
}

function syncStatus(cause: string | null): SyncStatus {
  const problem = cause ? { cause: cause as SyncCause, since: Date.now() - 5_400_000, detail: 'connect ECONNREFUSED 203.0.113.7:443' } : null;
  return {
    phase: problem ? 'waiting' : 'idle',
    problem,
    last_contact: Date.now() - 7_200_000,
    next_attempt: problem ? Date.now() + 90_000 : null,
    events_waiting: 14,
    blobs_waiting: 3,
    bytes_waiting: 9_400_000,
    bytes_sent: 0,
    saved: 1,
    waiting: 2,
    sent: 0,
    delivered: 5,
  };
}

export function fakeBackend(options: { scene?: string; sync?: string | null } = {}): FakeBackend {
  const query = new URLSearchParams(location.search);
  const scene = options.scene ?? query.get('scene') ?? 'demo';
  const listeners = new Set<(event: AppEvent) => void>();
  const emit = (event: AppEvent) => listeners.forEach((listener) => listener(event));
  const statuses: Record<string, AppStatus> = { enrol: { stage: 'not_enrolled' }, locked: lockedStatus() };
  const state: FakeState = {
    world: world(scene === 'empty' ? 'empty' : 'demo'),
    status: statuses[scene] ?? unlocked,
    sync: syncStatus(options.sync ?? query.get('sync')),
    place: null,
    images: new Map(),
    emit,
  };
  const handlers: Handlers = commands(state, unlocked);
  const failures = new Map<string, BackendError>();
  const calls: FakeBackend['calls'] = [];

  async function guard(name: string, request: unknown): Promise<void> {
    calls.push({ name, request });
    await Promise.resolve();
    const failure = failures.get(name);
    failures.delete(name);
    if (failure) throw failure;
  }

  return {
    state,
    calls,
    emit,
    failNext: (command, code, details) => failures.set(command, new BackendError(code, code, details ?? null)),
    async call(name, request) {
      await guard(name, request);
      const handler = handlers[name] as (request: unknown) => Commands[typeof name]['response'];
      return handler(request);
    },
    async attachPhoto(metadata, bytes) {
      await guard('attach_photo', metadata);
      return attach(state, metadata, bytes);
    },
    photoUrl: (sha256) => state.images.get(sha256) ?? '',
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
