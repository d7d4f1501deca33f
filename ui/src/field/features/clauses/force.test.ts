import { expect, it } from 'vitest';
import type { Standard } from '$shared/generated/core';
import { forceOf, todayOf } from './force';

const standard = (rest: Partial<Standard>): Standard => ({ id: 's', number: 'GB 1', confidence: 'read', ...rest }) as Standard;

it('a standard is in force, not yet, or no longer', () => {
  expect(forceOf(standard({ effective_from: '2022-10-01' }), true, '2026-11-27')).toEqual({ state: 'in_force', from: '2022-10-01' });
  expect(forceOf(standard({}), true, '2026-11-27'), 'dates unknown').toEqual({ state: 'in_force', from: null });
  expect(forceOf(standard({ effective_from: '2027-01-01' }), false, '2026-11-27')).toEqual({ state: 'not_yet', from: '2027-01-01' });
  expect(forceOf(standard({ effective_from: '2016', effective_to: '2026-09-30' }), false, '2026-11-27')).toEqual({ state: 'ended', until: '2026-09-30' });
});

it('today is the day of this device, not of Greenwich', () => {
  expect(todayOf(new Date(2026, 0, 5, 0, 30).getTime())).toBe('2026-01-05');
  expect(todayOf(new Date(2026, 10, 27, 23, 59).getTime())).toBe('2026-11-27');
});
