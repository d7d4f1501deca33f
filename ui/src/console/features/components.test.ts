// What a person meets: found by role and name, driven by keyboard and pointer.

import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { locale } from '$shared/i18n';
import type { Author, Item, ItemView } from '$shared/generated/core';
import type { FindingPage } from '$shared/generated/console';
import { ApiError } from '../api/problem';
import { failureWords } from './base/failure';
import TwoFigures from './desk/TwoFigures.svelte';
import GradePanel from './finding/GradePanel.svelte';
import Contested from './inspection/Contested.svelte';
import SettleDialog from './inspection/SettleDialog.svelte';
import Comments from './records/Comments.svelte';
import SealPanel from './records/SealPanel.svelte';

// jsdom lays nothing out and cannot scroll.
Element.prototype.scrollIntoView ??= () => undefined;

beforeEach(() => locale.set('en'));

const author = (name: string, device: string, eid = name): Author => ({ eid, person: name, name, device, wall: { ms: 1_700_000_000_000, offset_minutes: 480, source: 0 } }) as unknown as Author;
const item = { id: 'a', text: { zh: '甲', en: 'Are lanes free?' }, response: { type: 'pass_fail' } } as unknown as Item;
const contested = {
  key: 'a',
  contested: [
    { value: { type: 'verdict', value: 'fail' }, verdict: 'fail', by: author('Li', 'Tablet 7') },
    { value: { type: 'verdict', value: 'pass' }, verdict: 'pass', by: author('Wang', 'Tablet 12') },
  ],
} as unknown as ItemView;

describe('a figure counted in two kinds', () => {
  it('opens for each number the list that it counts', () => {
    render(TwoFigures, { props: { value: { inspections: 3, findings: 1 }, label: 'Photos awaited', query: { awaiting: true } } });
    const links = screen.getAllByRole('link').map((link) => [link.getAttribute('href'), link.textContent?.trim()]);
    expect(links).toEqual([
      ['/inspections?awaiting=true', '3 inspections'],
      ['/findings?awaiting=true', '1 findings'],
    ]);
  });
});

describe('a reason of the server', () => {
  const invalid = (reason: string, values = {}): ApiError => new ApiError('invalid', 422, 'name: may have 20 characters at most', { field: 'name', reason, values });
  it('is said in the language of the screen with its values', () => {
    expect(failureWords(invalid('too_long', { most: 20 })).next).toBe('At most 20 characters are possible.');
    locale.set('zh');
    expect(failureWords(invalid('too_long', { most: 20 })).next).toBe('最多20个字符。');
  });
  it('of a newer server is shown in its own words', () => {
    expect(failureWords(invalid('something_new')).next).toBe('name: may have 20 characters at most');
  });
});

describe('contested values', () => {
  it('stand side by side with who and which device, and follow the language', async () => {
    render(Contested, { props: { view: contested, item, settle: undefined } });
    const group = screen.getByRole('group', { name: 'Contested values' });
    expect(group.textContent).toContain('Tablet 7');
    expect(group.textContent).toContain('Tablet 12');
    expect(screen.queryByRole('button')).toBeNull();
    locale.set('zh');
    await waitFor(() => expect(group.textContent).toContain('不合格'));
  });

  it('are settled only with a value and a reason', async () => {
    const user = userEvent.setup();
    const send = vi.fn(() => Promise.resolve());
    const onclose = vi.fn();
    render(SettleDialog, { props: { view: contested, item, send, onclose } });
    const submit = screen.getByRole('button', { name: 'Settle' });
    await user.click(submit);
    expect(send).not.toHaveBeenCalled();
    await user.click(screen.getByRole('radio', { name: /Pass/ }));
    await user.type(screen.getByRole('textbox', { name: 'Reason' }), 'Seen on photo 4');
    await user.click(submit);
    expect(send).toHaveBeenCalledWith({ key: 'a', value: { type: 'verdict', value: 'pass' }, reason: 'Seen on photo 4' });
    expect(onclose).toHaveBeenCalledOnce();
  });

  it('keep what was typed when the server refuses', async () => {
    const user = userEvent.setup();
    const send = vi.fn(() => Promise.reject(new ApiError('conflict', 409, 'moved')));
    const onclose = vi.fn();
    render(SettleDialog, { props: { view: contested, item, send, onclose } });
    await user.click(screen.getByRole('radio', { name: /Fail/ }));
    await user.type(screen.getByRole('textbox', { name: 'Reason' }), 'Because');
    await user.click(screen.getByRole('button', { name: 'Settle' }));
    expect((await screen.findByRole('alert')).textContent).toContain('Something new came in');
    expect(screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Reason' }).value).toBe('Because');
    expect(onclose).not.toHaveBeenCalled();
  });
});

const page = (can: string[]): FindingPage => ({ view: { stage: 'raised', grade: 'major', suggested: 'major', graded: null, contested_grades: [] }, can }) as unknown as FindingPage;

describe('the grade', () => {
  it('is confirmed without a reason', async () => {
    const send = vi.fn(() => Promise.resolve());
    render(GradePanel, { props: { page: page(['grade']), send } });
    await userEvent.click(screen.getByRole('button', { name: 'Confirm: Major' }));
    expect(send).toHaveBeenCalledWith({ grade: 'major', reason: null });
  });

  it('is changed only with a reason', async () => {
    const user = userEvent.setup();
    const send = vi.fn(() => Promise.resolve());
    render(GradePanel, { props: { page: page(['grade']), send } });
    await user.click(screen.getByRole('radio', { name: 'General finding' }));
    await user.click(screen.getByRole('button', { name: 'Change to: General' }));
    expect(send).not.toHaveBeenCalled();
    await user.type(screen.getByRole('textbox', { name: 'Reason' }), 'Not met');
    await user.click(screen.getByRole('button', { name: 'Change to: General' }));
    expect(send).toHaveBeenCalledWith({ grade: 'general', reason: 'Not met' });
  });

  it('offers nothing to somebody who may not', () => {
    render(GradePanel, { props: { page: page([]), send: vi.fn() } });
    expect(screen.queryByRole('radio')).toBeNull();
    expect(screen.queryByRole('button')).toBeNull();
  });
});

describe('comments', () => {
  it('empty the field after the server took the words, and not before', async () => {
    const user = userEvent.setup();
    const send = vi.fn().mockRejectedValueOnce(new ApiError('offline', 0, '')).mockResolvedValueOnce(undefined);
    render(Comments, { props: { comments: [], can: true, send } });
    const field = screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'New comment' });
    await user.type(field, 'Seen');
    await user.click(screen.getByRole('button', { name: 'Comment' }));
    expect(await screen.findByText(/Your words are still here/)).toBeTruthy();
    expect(field.value).toBe('Seen');
    await user.click(screen.getByRole('button', { name: 'Comment' }));
    await waitFor(() => expect(field.value).toBe(''));
  });
});

describe('the seal check', () => {
  const seal = (seq: number, state: string): object => ({ eid: `e${seq}`, stream: 's', device: 'Tablet 7', seq, state, received: 0 });
  it('says when all is sound', () => {
    render(SealPanel, { props: { seals: [seal(1, 'verified'), seal(2, 'verified')] as never } });
    expect(screen.getByText('All 2 records: seals verified')).toBeTruthy();
  });
  it('does not hide an exception behind a total', () => {
    render(SealPanel, { props: { seals: [seal(1, 'verified'), seal(2, 'held')] as never } });
    expect(screen.getByText('Some records need attention')).toBeTruthy();
    expect(screen.getByText(/1 of 2 verified/)).toBeTruthy();
  });
});
