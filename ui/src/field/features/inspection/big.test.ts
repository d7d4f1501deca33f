/** The parts of an inspection that big checklists need, as a person meets them: by role and name, by pointer or keyboard. */
import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fakeBackend, type FakeBackend } from '$shared/backend/fake/index';
import { locale } from '$shared/i18n';
import type { InspectionId } from '$shared/generated/core';
import { App } from '../app/context';
import { InspectionStore } from './inspection.svelte';
import ItemCardHarness from './ItemCardHarness.test.svelte';
import SectionPass from './SectionPass.svelte';

let backend: FakeBackend;
let store: InspectionStore;

beforeEach(async () => {
  locale.set('en');
  backend = fakeBackend({ scene: 'demo' });
  const { drafts } = await backend.call('today', {});
  store = new InspectionStore(backend, drafts.find((one) => one.checklist_title.en === 'Work in confined spaces')?.id as InspectionId);
  await store.load();
});
afterEach(() => vi.useRealTimers());

const show = (key: string) => render(ItemCardHarness, { props: { app: new App(backend), store, itemKey: key } });
const pass = () => screen.getByRole('button', { name: 'Pass' });

describe('a pass that rests on readings', () => {
  it('is blocked with the reason and the way to each reading; "fail" is not', async () => {
    const user = userEvent.setup();
    show('enter');
    expect(pass().getAttribute('aria-disabled')).toBe('true');
    const reason = document.getElementById(pass().getAttribute('aria-describedby') ?? '');
    expect(reason?.textContent).toContain('Cannot be passed yet: 2 readings');
    await user.click(pass());
    expect(backend.calls.some((call) => call.name === 'record_answer')).toBe(false);
    await user.click(within(screen.getByRole('region', { name: 'Readings it rests on' })).getByRole('button', { name: /Flammable gas.*Out of date since/s }));
    expect(store.wanted).toEqual({ key: 'lel' });
    await user.click(screen.getByRole('button', { name: 'Fail' }));
    expect(store.items.get('enter')?.verdict).toBe('fail');
  });

  it('opens once all readings are in date, and lapses when a reading is taken again', async () => {
    const user = userEvent.setup();
    await store.answer('lel', { type: 'number', value: '2' });
    await store.answer('h2s', { type: 'number', value: '1' });
    show('enter');
    await user.click(pass());
    await waitFor(() => expect(pass().getAttribute('aria-pressed')).toBe('true'));
    await new Promise((resolve) => setTimeout(resolve, 2));
    await store.answer('h2s', { type: 'number', value: '2' });
    expect(await screen.findByText(/earlier “pass” does not count any more/)).toBeTruthy();
    expect(pass().getAttribute('aria-pressed')).toBe('false');
    await user.click(pass());
    await waitFor(() => expect(store.items.get('enter')).toMatchObject({ verdict: 'pass', stale: false }));
  });
});

it('a reading counts down to "out of date" while one looks at it', async () => {
  const taken = store.items.get('o2')?.by?.wall.ms ?? 0;
  vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'], now: taken + 28 * 60_000 });
  show('o2');
  expect(screen.getByText(/Good until .* · 2 min left/)).toBeTruthy();
  await vi.advanceTimersByTimeAsync(90_000);
  expect(await screen.findByText(/· 30 s left/)).toBeTruthy();
  await vi.advanceTimersByTimeAsync(31_000);
  expect((await screen.findAllByText(/Out of date since .*, take again/)).length).toBeGreaterThan(0);
});

describe('a choice that depends on another answer', () => {
  it('says that nothing can be chosen yet, then offers what fits', async () => {
    show('source');
    expect(screen.getByText(/Nothing can be chosen yet/)).toBeTruthy();
    await store.answer('space', { type: 'choice', value: 'sewer' });
    expect(await screen.findByRole('checkbox', { name: 'Fermenting sludge' })).toBeTruthy();
    expect(screen.queryByRole('checkbox', { name: 'Residues in the tank' })).toBeNull();
  });

  it('stays in sight once it was chosen, with the word that it is no longer offered', async () => {
    await store.answer('space', { type: 'choice', value: 'sewer' });
    await store.answer('source', { type: 'choices', value: ['sludge'] });
    await store.answer('space', { type: 'choice', value: 'tank' });
    show('source');
    expect(screen.getByRole<HTMLInputElement>('checkbox', { name: /Fermenting sludge.*No longer offered/s }).checked).toBe(true);
  });
});

it('an implausible reading is refused in the words of the checklist', async () => {
  const user = userEvent.setup();
  show('o2');
  const input = screen.getByRole('textbox', { name: /Oxygen/ });
  await user.clear(input);
  await user.type(input, '90{Enter}');
  expect((await screen.findByRole('alert')).textContent).toContain('check the instrument');
});

it('the answer of last time stands beside the item and presses nothing', async () => {
  await store.last.toggle();
  show('permit');
  expect(screen.getByText(/Last time \(/).textContent).toMatch(/Last time \(.*\): Pass/);
  expect(pass().getAttribute('aria-pressed')).toBe('false');
});

describe('"whole section passes"', () => {
  const place = () => store.list.places.find((one) => one.section === 'before')!;
  const button = () => screen.getByRole('button', { name: /Whole section passes \(4\).*Before/s });
  const showPass = () => render(SectionPass, { props: { store, place: place(), title: 'Before the work' } });
  // jsdom knows no pointer events; a mouse event of that name has a button.
  const press = () => button().dispatchEvent(new MouseEvent('pointerdown', { bubbles: true, button: 0 }));
  const passed = () => backend.calls.filter((call) => call.name === 'pass_section').length;

  it('says how many it answers and how many it leaves', () => {
    showPass();
    expect(button().textContent).toMatch(/leaves 2/);
  });

  it('acts when held for 1.2 seconds, and not a moment earlier', async () => {
    showPass();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    press();
    await vi.advanceTimersByTimeAsync(1199);
    expect(passed()).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    vi.useRealTimers();
    await waitFor(() => expect(passed()).toBe(1));
  });

  it('does nothing when let go or slid off too early', async () => {
    showPass();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    for (const end of ['pointerUp', 'pointerLeave', 'pointerCancel'] as const) {
      press();
      await vi.advanceTimersByTimeAsync(800);
      await fireEvent[end](button());
      await vi.advanceTimersByTimeAsync(2000);
    }
    expect(passed()).toBe(0);
  });

  it('asks first when it is reached by keyboard', async () => {
    const user = userEvent.setup();
    showPass();
    button().focus();
    await user.keyboard('{Enter}');
    const dialog = screen.getByRole('dialog');
    expect(within(dialog).getAllByRole('listitem').map((one) => one.textContent)).toEqual(['Type of the confined space', 'Likely source of gas']);
    expect(passed()).toBe(0);
    await user.click(within(dialog).getByRole('button', { name: 'Pass 4 items' }));
    await waitFor(() => expect(store.items.get('permit')?.with_section).toBe(true));
    expect(screen.queryByRole('button', { name: /Whole section passes/ })).toBeNull();
  });

  it('is not offered while a search or filter keeps items out of sight', async () => {
    showPass();
    store.list.show('major');
    await waitFor(() => expect(screen.queryByRole('button', { name: /Whole section passes/ })).toBeNull());
    store.list.show('unanswered');
    await waitFor(() => expect(button()).toBeTruthy());
  });
});
