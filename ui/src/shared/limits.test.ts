import { expect, it } from 'vitest';
import type { Item, Limit } from './generated/core';
import { limitsOf } from './limits';

const limit = (pass: string) => ({ pass, text: { zh: pass, en: pass } }) as Limit;
const item = { id: 'aboard', limits: [limit('a'), limit('b')] } as Item;
const shown = (limits: number[] | null, broken_limit: number | null) =>
  limitsOf(item, { limits, broken_limit }).map((one) => `${one.limit.pass}${one.broken ? '!' : ''}`);

it.each([
  [null, null, ['a', 'b']],
  [null, 1, ['a', 'b!']],
  [[1], 1, ['b!']],
  [[], null, []],
])('of the limits %j count, and %j is broken', (limits, broken, expected) => {
  expect(shown(limits, broken)).toEqual(expected);
});

it('an item without limits has none', () => {
  expect(limitsOf({ id: 'door' } as Item, { limits: null, broken_limit: null })).toEqual([]);
});
