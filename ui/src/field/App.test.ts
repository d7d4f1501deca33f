/** The whole app on the in-memory backend: the way in, language, lists, and the place after a restart. */
import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import { fakeBackend, type FakeBackend } from '$shared/backend/fake/index';
import { locale } from '$shared/i18n';
import App from './App.svelte';
import { App as AppContext } from './features/app/context';

async function start(backend: FakeBackend): Promise<AppContext> {
  const app = new AppContext(backend);
  app.start();
  render(App, { props: { app } });
  await waitFor(() => expect(app.session.status).not.toBeNull());
  return app;
}

beforeEach(() => {
  locale.set('en');
  history.replaceState(null, '', '/');
});

describe('the way in', () => {
  it('enrols by a pasted link, with the PIN chosen twice', async () => {
    const user = userEvent.setup();
    const backend = fakeBackend({ scene: 'enrol' });
    await start(backend);
    await user.click(await screen.findByRole('textbox', { name: /Enrolment code or link/ }));
    await user.paste('davy://enrol?server=https%3A%2F%2Fd.example&code=ABCD');
    expect(screen.getByRole<HTMLInputElement>('textbox', { name: 'Server address' }).value).toBe('https://d.example');
    await user.click(screen.getByRole('button', { name: 'Continue' }));
    for (const label of ['Choose a PIN', 'Repeat the PIN']) {
      await user.type(await screen.findByLabelText(label), '280417{Enter}');
    }
    expect(await screen.findByRole('heading', { name: 'Today' })).toBeTruthy();
    expect(backend.calls.find((call) => call.name === 'enrol')?.request).toMatchObject({ server: 'https://d.example', code: 'ABCD', pin: '280417' });
  });

  it('does not enrol with two different PINs', async () => {
    const user = userEvent.setup();
    const backend = fakeBackend({ scene: 'enrol' });
    await start(backend);
    await user.type(await screen.findByRole('textbox', { name: /Enrolment code/ }), 'ABCD');
    await user.type(screen.getByRole('textbox', { name: 'Server address' }), 'd.example');
    await user.click(screen.getByRole('button', { name: 'Continue' }));
    await user.type(await screen.findByLabelText('Choose a PIN'), '280417{Enter}');
    await user.type(await screen.findByLabelText('Repeat the PIN'), '280418{Enter}');
    expect((await screen.findByRole('alert')).textContent).toMatch(/differ/);
    expect(backend.calls.some((call) => call.name === 'enrol')).toBe(false);
  });

  it('unlocks with the large keys and counts the wait after a wrong PIN', async () => {
    const user = userEvent.setup();
    const backend = fakeBackend({ scene: 'locked' });
    await start(backend);
    for (let press = 0; press < 6; press += 1) await user.click(await screen.findByRole('button', { name: '0' }));
    await user.click(screen.getByRole('button', { name: 'Unlock' }));
    expect((await screen.findByRole('timer')).textContent).toMatch(/Wait (30|29) seconds/);
  });
});

describe('the open app', () => {
  it('shows what waits today and the sync state, and switches language at once', async () => {
    await start(fakeBackend({ scene: 'demo' }));
    expect(await screen.findByRole('heading', { name: /Returned to redo/ })).toBeTruthy();
    expect(screen.getAllByRole('button', { name: 'Sync: 3 not delivered' }).length).toBeGreaterThan(0);
    locale.set('zh');
    expect(await screen.findByRole('heading', { name: /已退回，需重做/ })).toBeTruthy();
  });

  it('says so when nothing is waiting', async () => {
    await start(fakeBackend({ scene: 'empty' }));
    expect(await screen.findByText('Nothing is waiting today')).toBeTruthy();
  });

  it('comes back to the place where it was killed', async () => {
    const backend = fakeBackend({ scene: 'demo' });
    const today = await backend.call('today', {});
    const id = today.drafts[0]?.id;
    backend.state.place = JSON.stringify({ hash: `#/inspections/${id}`, item: 'air_doors', camera: null });
    const app = await start(backend);
    await waitFor(() => expect(app.router.route).toEqual({ name: 'inspection', inspection: id, item: 'air_doors' }));
  });

  it('tells the core when a network appears', async () => {
    const backend = fakeBackend({ scene: 'demo' });
    await start(backend);
    window.dispatchEvent(new Event('online'));
    await waitFor(() => expect(backend.calls.some((call) => call.name === 'network_changed')).toBe(true));
  });

  it('goes back to the PIN when the core locks it', async () => {
    const backend = fakeBackend({ scene: 'demo' });
    await start(backend);
    await screen.findByRole('heading', { name: 'Today' });
    await backend.call('lock', {});
    backend.emit({ type: 'locked' });
    expect(await screen.findByLabelText('Enter your PIN')).toBeTruthy();
  });

  it('starts an inspection: site, checklist, kind', async () => {
    const user = userEvent.setup();
    const backend = fakeBackend({ scene: 'empty' });
    await start(backend);
    await user.click(await screen.findByRole('button', { name: 'New inspection' }));
    await user.click(await screen.findByRole('button', { name: 'Site: 清河二号煤矿' }));
    await user.click(await screen.findByRole('button', { name: 'Start the inspection' }));
    expect((await screen.findByRole('alert')).textContent).toMatch(/Choose the checklist/);
    await user.click(screen.getByRole('radio', { name: /Coal mine major hazards/ }));
    await user.click(screen.getByRole('radio', { name: 'Patrol' }));
    await user.click(screen.getByRole('button', { name: 'Start the inspection' }));
    await waitFor(() => expect(location.hash).toMatch(/^#\/inspections\//));
    expect(backend.calls.find((call) => call.name === 'start_inspection')?.request).toMatchObject({ kind: 'patrol', checklist: 'coal-mines' });
  });

  it('names cause and remedy when nothing moves', async () => {
    history.replaceState(null, '', '/#/sync');
    await start(fakeBackend({ scene: 'demo', sync: 'captive_portal' }));
    expect(await screen.findByRole('heading', { name: 'Why is this not syncing?' })).toBeTruthy();
    expect(screen.getByText('The network wants a sign-in on a web page')).toBeTruthy();
    expect(screen.getByText(/sign in to this network/)).toBeTruthy();
  });
});
