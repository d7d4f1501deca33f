import { describe, expect, it } from 'vitest';
import { Router, type Place } from './router.svelte';
import { href, parseRoute, queryOf } from './routes';

function place(address: string): Place & { address: () => string; pushed: string[] } {
  let url = new URL(address, 'https://desk.example');
  const pushed: string[] = [];
  const set = (_state: unknown, _title: string, to?: string | URL | null): void => {
    url = new URL(String(to), url);
  };
  return {
    get location() {
      return { pathname: url.pathname, search: url.search, origin: url.origin };
    },
    history: {
      pushState: (state, title, to) => {
        pushed.push(String(to));
        set(state, title, to);
      },
      replaceState: set,
    },
    address: () => url.pathname + url.search,
    pushed,
  };
}

describe('addresses', () => {
  it.each([
    ['/', 'dashboard', ''],
    ['/inspections', 'inspections', ''],
    ['/inspections/', 'inspections', ''],
    ['/inspections/0198-a', 'inspection', '0198-a'],
    ['/findings/x%2Fy', 'finding', 'x/y'],
    ['/findings/%E0%A4%A', 'finding', '%E0%A4%A'],
    ['/checklists/abc', 'checklist', 'abc'],
    ['/nope', 'missing', ''],
    ['/inspections/a/b', 'missing', ''],
  ])('%s opens %s', (path, name, id) => {
    expect(parseRoute(path, '')).toMatchObject({ name, id });
  });

  it('come back from what they were made of', () => {
    const address = href('finding', 'a b/c', { photo: 'p1' });
    const [path = '', search = ''] = address.split('?');
    const route = parseRoute(path, search);
    expect(route).toMatchObject({ name: 'finding', id: 'a b/c' });
    expect(route.query.get('photo')).toBe('p1');
  });

  it('leave out what is not set', () => {
    expect(queryOf({ a: '', b: null, c: undefined, d: false, e: 0, f: true })).toBe('?e=0&f=true');
  });
});

describe('the router', () => {
  it('changes one filter and keeps the others', () => {
    const here = place('/findings?grade=major&sort=-raised');
    const router = new Router(here);
    router.setQuery({ stage: 'raised', sort: null });
    expect(here.address()).toBe('/findings?grade=major&stage=raised');
    expect(router.query('stage')).toBe('raised');
  });

  it('counts a move to another screen, not a change of filters', () => {
    const router = new Router(place('/findings'));
    const before = router.moves;
    router.setQuery({ q: 'gas' });
    expect(router.moves).toBe(before);
    router.go('/findings/1');
    expect(router.moves).toBe(before + 1);
  });

  it('takes over plain clicks on links of the console only', () => {
    const here = place('/');
    const router = new Router(here);
    const click = (html: string, init: MouseEventInit = {}): boolean => {
      document.body.innerHTML = html;
      const event = new MouseEvent('click', { bubbles: true, cancelable: true, button: 0, ...init });
      let taken = false;
      const listen = (seen: MouseEvent): void => {
        router.onClick(seen);
        taken = seen.defaultPrevented;
        seen.preventDefault();
      };
      document.body.addEventListener('click', listen, { once: true });
      document.querySelector('a')?.dispatchEvent(event);
      return taken;
    };
    const inside = '<a href="https://desk.example/sites">x</a>';
    expect(click(inside)).toBe(true);
    expect(here.pushed).toEqual(['/sites']);
    expect(click(inside, { ctrlKey: true })).toBe(false);
    expect(click('<a href="https://other.example/sites">x</a>')).toBe(false);
    expect(click('<a href="https://desk.example/api/blobs/1">x</a>')).toBe(false);
    expect(click('<a href="https://desk.example/x" download>x</a>')).toBe(false);
    expect(click('<a href="https://desk.example/sites#part">x</a>')).toBe(false);
  });
});
