import { describe, expect, it } from 'vitest';
import { fakeBackend } from '$shared/backend/fake/index';
import { BackendError } from '$shared/backend';
import { locale } from '$shared/i18n';
import { errorWords } from './errors';
import { Loader } from './loader.svelte';
import { parsePlace, PlaceKeeper } from './place';
import { formatRoute, parseRoute, type Route } from './router.svelte';

describe('routes', () => {
  const routes = [
    { name: 'today' },
    { name: 'sites' },
    { name: 'site', site: 'a b/c' },
    { name: 'new', site: null, assignment: null },
    { name: 'new', site: 's', assignment: 'x&y' },
    { name: 'inspection', inspection: 'i', item: null },
    { name: 'inspection', inspection: 'i', item: 'c@123' },
    { name: 'finish', inspection: 'i' },
    { name: 'findings' },
    { name: 'finding', finding: 'f' },
    { name: 'sync' },
    { name: 'settings' },
  ] as Route[];

  it.each(routes.map((route) => [formatRoute(route), route] as const))('%s is read as it was written', (hash, route) => {
    expect(parseRoute(hash)).toEqual(route);
  });

  it.each(['', '#', '#/', '#/bulletins', '#/inspections', '#/%E0%A4%A', 'nonsense'])('%s is Today', (hash) => {
    expect(parseRoute(hash)).toEqual({ name: 'today' });
  });
});

describe('the place', () => {
  it.each([null, '', '{', '[]', '{"hash":3}', 'null'])('%s is no place', (stored) => {
    expect(parsePlace(stored)).toBeNull();
  });

  it('comes back as it was kept', async () => {
    const backend = fakeBackend();
    const keeper = new PlaceKeeper(backend);
    keeper.note({ hash: '#/inspections/i' });
    keeper.note({ item: 'fan', camera: 'fan' });
    await keeper.flush();
    expect(await new PlaceKeeper(backend).load()).toEqual({ hash: '#/inspections/i', item: 'fan', camera: 'fan' });
  });

  it('is a convenience: a failure to keep it disturbs nobody', async () => {
    const backend = fakeBackend();
    backend.failNext('save_place', 'disk_full');
    await expect(new PlaceKeeper(backend).flush()).resolves.toBeUndefined();
  });
});

describe('a loader', () => {
  it('ignores an answer that a newer request overtook', async () => {
    const answers: ((value: string) => void)[] = [];
    const loader = new Loader(() => new Promise<string>((resolve) => answers.push(resolve)));
    const first = loader.load();
    const second = loader.load();
    answers[1]?.('new');
    await second;
    answers[0]?.('old');
    await first;
    expect(loader.value).toBe('new');
  });

  it('keeps the old value on screen when reading again fails', async () => {
    let fails = false;
    const loader = new Loader(() => (fails ? Promise.reject(new BackendError('locked', 'x')) : Promise.resolve('there')));
    await loader.load();
    fails = true;
    await loader.load();
    expect(loader.value).toBe('there');
    expect(loader.error?.code).toBe('locked');
  });
});

it('errors are told by their code, with the reason where there is one', () => {
  locale.set('en');
  expect(errorWords(new BackendError('disk_full', 'ENOSPC'))).toMatch(/storage is full/);
  expect(errorWords(new BackendError('internal', 'boom {x}'))).toContain('boom {x}');
  expect(errorWords(new BackendError('brand_new' as 'internal', 'from a newer core'))).toContain('from a newer core');
});
