/** One item as a person meets it: found by role and name, answered by pointer or keyboard. */
import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import { fakeBackend, type FakeBackend } from '$shared/backend/fake/index';
import { locale } from '$shared/i18n';
import type { InspectionId } from '$shared/generated/core';
import { App } from '../app/context';
import { InspectionStore } from './inspection.svelte';
import ItemCardHarness from './ItemCardHarness.test.svelte';

let backend: FakeBackend;
let store: InspectionStore;

beforeEach(async () => {
  locale.set('en');
  backend = fakeBackend({ scene: 'demo' });
  const today = await backend.call('today', {});
  store = new InspectionStore(backend, today.drafts[0]?.id as InspectionId);
  await store.load();
});

const show = (key: string) => render(ItemCardHarness, { props: { app: new App(backend), store, itemKey: key } });

describe('a pass/fail item', () => {
  it('says "saved" after the command returned, and the chosen answer is pressed', async () => {
    const user = userEvent.setup();
    show('sensors');
    await user.click(screen.getByRole('button', { name: 'Pass' }));
    expect(await screen.findByText('Saved')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Pass' }).getAttribute('aria-pressed')).toBe('true');
    expect(store.items.get('sensors')?.verdict).toBe('pass');
  });

  it('that could not be saved says why, keeps the choice and offers to try again', async () => {
    const user = userEvent.setup();
    show('sensors');
    backend.failNext('record_answer', 'disk_full');
    await user.click(screen.getByRole('button', { name: 'Not applicable' }));
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toMatch(/Not saved.*storage is full/s);
    expect(screen.getByRole('button', { name: 'Not applicable' }).getAttribute('aria-pressed')).toBe('true');
    await user.click(within(alert).getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('Saved')).toBeTruthy();
    expect(store.items.get('sensors')?.verdict).toBe('not_applicable');
  });

  it('that fails opens its finding in place; an unverified grade must be chosen deliberately', async () => {
    const user = userEvent.setup();
    show('sensors');
    await user.click(screen.getByRole('button', { name: 'Fail' }));
    const form = await screen.findByRole('form', { name: /Raise a finding/ });
    expect(within(form).getByText(/not verified against the official text/)).toBeTruthy();
    expect(within(form).getByRole<HTMLInputElement>('radio', { name: 'Major finding' }).checked).toBe(false);
    await user.type(within(form).getByRole('textbox', { name: 'Description' }), 'No calibration mark');
    await user.click(within(form).getByRole('button', { name: 'Raise the finding' }));
    expect(within(form).getByRole('alert').textContent).toContain('Choose the grade');
    expect(store.view?.findings).toHaveLength(0);
    await user.click(within(form).getByRole('radio', { name: 'Major finding' }));
    await user.click(within(form).getByRole('button', { name: 'Raise the finding' }));
    await waitFor(() => expect(store.view?.findings[0]?.grade).toBe('major'));
    expect(await screen.findByRole('region', { name: /No calibration mark/ })).toBeTruthy();
  });

  it('whose finding was opened shows it open when the list draws the card anew', async () => {
    const user = userEvent.setup();
    const first = show('sensors');
    await user.click(screen.getByRole('button', { name: 'Fail' }));
    const form = await screen.findByRole('form', { name: /Raise a finding/ });
    await user.type(within(form).getByRole('textbox', { name: 'Description' }), 'No mark');
    await user.click(within(form).getByRole('radio', { name: 'Major finding' }));
    await user.click(within(form).getByRole('button', { name: 'Raise the finding' }));
    const head = { name: /No mark/, expanded: false };
    await user.click(await screen.findByRole('button', head));
    first.unmount();
    show('sensors');
    expect(screen.getByRole('button', { ...head, expanded: true })).toBeTruthy();
  });

  it('shows guidance, clause and the notice in place', async () => {
    const user = userEvent.setup();
    show('ch4');
    await user.click(screen.getByRole('button', { name: /^Guidance and basis/ }));
    expect(screen.getByText('第一百七十二条')).toBeTruthy();
    expect(screen.getByText(/condition or limit is not verified/)).toBeTruthy();
  });
});

describe('a reading', () => {
  it('outside its limit fails by itself, in words', async () => {
    const user = userEvent.setup();
    show('ch4');
    await user.type(screen.getByRole('textbox', { name: /Methane/ }), '1,6{Enter}');
    expect(await screen.findByText('Outside the limit')).toBeTruthy();
    expect(screen.getByText('Fail')).toBeTruthy();
    expect(store.valueOf('ch4')).toEqual({ type: 'number', value: '1.6' });
  });

  it('that is no number is explained and not sent', async () => {
    const user = userEvent.setup();
    show('ch4');
    await user.type(screen.getByRole('textbox', { name: /Methane/ }), 'high');
    await user.tab();
    expect((await screen.findByRole('alert')).textContent).toMatch(/Enter a number/);
    expect(backend.calls.some((call) => call.name === 'record_answer')).toBe(false);
  });
});

it('a photo item takes several files at once; a file that is empty is refused by name', async () => {
  const user = userEvent.setup();
  show('overview');
  const input = screen.getByLabelText(/^Choose photo files/);
  await user.upload(input, [new File(['a'], 'a.jpg', { type: 'image/jpeg' }), new File([], 'none.jpg', { type: 'image/jpeg' })]);
  expect((await screen.findByRole('alert')).textContent).toContain('none.jpg');
  await waitFor(() => expect(store.items.get('overview')?.verdict).toBe('pass'));
});

it('contested answers stand side by side and are settled with a reason', async () => {
  const today = await backend.call('today', {});
  store = new InspectionStore(backend, today.contested[0]?.id as InspectionId);
  await store.load();
  const user = userEvent.setup();
  show('sensors');
  const region = screen.getByRole('region', { name: 'People answered differently' });
  expect(within(region).getAllByRole('listitem').map((one) => one.textContent)).toEqual([expect.stringContaining('Pass'), expect.stringContaining('Fail')]);
  expect(screen.queryByRole('button', { name: 'Pass' })).toBeNull();
  await user.click(within(region).getByRole('button', { name: 'Settle the answer' }));
  const dialog = screen.getByRole('dialog');
  await user.click(within(dialog).getByRole('radio', { name: /Fail/ }));
  await user.click(within(dialog).getByRole('button', { name: 'Settle the answer' }));
  expect(within(dialog).getByRole('alert').textContent).toContain('Give the reason');
  await user.type(within(dialog).getByRole('textbox', { name: 'Why' }), 'checked again');
  await user.click(within(dialog).getByRole('button', { name: 'Settle the answer' }));
  await waitFor(() => expect(store.items.get('sensors')?.contested).toEqual([]));
});
