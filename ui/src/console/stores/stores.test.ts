import { describe, expect, it, vi } from 'vitest';
import type { Page, Session } from '$shared/generated/console';
import type { Api } from '../api/endpoints';
import { Client } from '../api/client';
import { ApiError } from '../api/problem';
import { Paged, REFRESH_ROWS } from './paged.svelte';
import { Resource } from './resource.svelte';
import { SessionStore } from './session.svelte';

function later<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (cause: unknown) => void } {
  let resolve: (value: T) => void = () => undefined;
  let reject: (cause: unknown) => void = () => undefined;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

describe('a resource', () => {
  it('keeps what it has when a later read fails', async () => {
    let fail = false;
    const resource = new Resource(() => (fail ? Promise.reject(new ApiError('offline', 0, '')) : Promise.resolve('first')));
    await resource.load();
    fail = true;
    await resource.load();
    expect(resource.value).toBe('first');
    expect(resource.error?.code).toBe('offline');
    expect(resource.loading).toBe(false);
  });

  it('drops the answer of a read that a newer one replaced', async () => {
    const reads = [later<string>(), later<string>()];
    let at = 0;
    const resource = new Resource(() => reads[at++]!.promise);
    const old = resource.load();
    const fresh = resource.load();
    reads[1]!.resolve('new');
    await fresh;
    reads[0]!.resolve('old');
    await old;
    expect(resource.value).toBe('new');
  });

  it('prefers the answer of a change to a read that began before it', async () => {
    const read = later<string>();
    const resource = new Resource(() => read.promise);
    const running = resource.load();
    resource.set('after the change');
    read.resolve('before the change');
    await running;
    expect(resource.value).toBe('after the change');
    expect(resource.busy).toBe(false);
  });
});

function pages(total: number): (after: string | null, limit: number) => Promise<Page<number>> {
  return (after, limit) => {
    const from = after === null ? 0 : Number(after);
    const rows = Array.from({ length: Math.min(limit, total - from) }, (_, index) => from + index);
    const end = from + rows.length;
    return Promise.resolve({ rows, next: end < total ? String(end) : null, total });
  };
}

describe('a paged list', () => {
  it('reads page after page to the end, once each', async () => {
    const list = new Paged<number>(pages(250));
    await list.restart();
    while (list.more) await list.loadMore();
    expect(list.rows).toHaveLength(250);
    expect(new Set(list.rows).size).toBe(250);
    await list.loadMore();
    expect(list.rows).toHaveLength(250);
  });

  it('reads again by itself what is shown, when that is little', async () => {
    let total = 3;
    const list = new Paged<number>((after, limit) => pages(total)(after, limit));
    await list.restart();
    total = 4;
    await list.refresh();
    expect(list.rows).toHaveLength(4);
    expect(list.outdated).toBe(false);
  });

  it('asks before it throws away a long list', async () => {
    const list = new Paged<number>(pages(REFRESH_ROWS * 3));
    await list.restart();
    while (list.rows.length <= REFRESH_ROWS) await list.loadMore();
    const before = list.rows.length;
    await list.refresh();
    expect(list.outdated).toBe(true);
    expect(list.rows).toHaveLength(before);
    await list.restart();
    expect(list.outdated).toBe(false);
  });

  it('keeps its rows when the next page fails', async () => {
    let fail = false;
    const list = new Paged<number>((after, limit) => (fail ? Promise.reject(new ApiError('offline', 0, '')) : pages(300)(after, limit)));
    await list.restart();
    fail = true;
    await list.loadMore();
    expect(list.rows).toHaveLength(100);
    expect(list.error?.code).toBe('offline');
    expect(list.more).toBe(true);
  });
});

const session = { csrf: 'token', person: { id: 'p', name: 'Chen', role: 'supervisor' }, organisation: { id: 'o', name: 'O' }, region: null, site: null, can: ['review'] } as unknown as Session;

function store(api: Partial<Api>): { http: Client; store: SessionStore } {
  const http = new Client(vi.fn());
  return { http, store: new SessionStore(http, api as Api) };
}
const refuse = (code: string, status: number) => () => Promise.reject(new ApiError(code, status, code));

describe('the session', () => {
  it('takes the token and the rights from the server', async () => {
    const { http, store: it } = store({ signIn: () => Promise.resolve(session) });
    await it.signIn('chen', 'secret');
    expect(it.state).toBe('in');
    expect(http.csrf).toBe('token');
    expect([it.may('review'), it.may('enrol')]).toEqual([true, false]);
  });

  it('says that it has ended when the server no longer knows it', async () => {
    const { http, store: it } = store({ signIn: () => Promise.resolve(session) });
    await it.signIn('chen', 'secret');
    http.onSignedOut();
    expect([it.state, it.ended, http.csrf]).toEqual(['out', true, '']);
  });

  it('does not say "ended" to somebody who was never signed in', async () => {
    const { http, store: it } = store({ session: refuse('not_signed_in', 401) });
    http.onSignedOut();
    await it.check();
    expect([it.state, it.ended]).toEqual(['out', false]);
  });

  it('stays open when the server cannot be asked', async () => {
    const { store: it } = store({ signIn: () => Promise.resolve(session), session: refuse('offline', 0) });
    await it.signIn('chen', 'secret');
    await it.check();
    expect(it.state).toBe('in');
  });

  it('stays open when the server could not be told of the sign-out', async () => {
    const { store: it } = store({ signIn: () => Promise.resolve(session), signOut: refuse('offline', 0) });
    await it.signIn('chen', 'secret');
    await expect(it.signOut()).rejects.toMatchObject({ code: 'offline' });
    expect(it.state).toBe('in');
  });
});
