/** The field app as a person works it: by the names that are on the screen or that a screen reader says. */
import { expect, type Locator, type Page } from '@playwright/test';
import type { Bridge } from './bridge';
import { PIN } from './settings';
import type { Words } from './words';

/** Entries of the navigation. */
export type Place = 'today' | 'sites' | 'findings' | 'clauses' | 'sync' | 'settings';

export class Field {
  readonly page: Page;
  readonly words: Words;

  constructor(page: Page, words: Words) {
    this.page = page;
    this.words = words;
  }

  /** Opens the address that the bridge printed. */
  async open(bridge: Bridge): Promise<void> {
    await this.page.goto(bridge.address);
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', typeof name === 'string' ? { name, exact: true } : { name });
  }

  /** Enters a PIN on the keys of the screen and confirms it. */
  async pin(pin: string, confirm: string): Promise<void> {
    for (const digit of pin) await this.button(digit).click();
    await this.button(confirm).click();
  }

  /** Enters the PIN of an enrolled device. */
  async unlock(pin = PIN): Promise<void> {
    await this.pin(pin, this.words.field('unlock.submit'));
  }

  /** Fills in the first screen; the PIN is asked for after it. */
  async code(code: string, server: string, device: string): Promise<void> {
    const { field, both } = this.words;
    await this.page.getByLabel(field('enrol.code')).fill(code);
    if (server !== '') await this.page.getByLabel(field('enrol.server')).fill(server);
    await this.page.getByLabel(field('enrol.device')).fill(device);
    await this.button(both('action.continue')).click();
  }

  /** Chooses the PIN and confirms it; that sends the enrolment. */
  async choosePin(pin = PIN, again = pin): Promise<void> {
    await this.pin(pin, this.words.both('action.continue'));
    await this.pin(again, this.words.field('enrol.submit'));
  }

  /** The open app. */
  async isOpen(): Promise<void> {
    await expect(this.page.getByRole('navigation', { name: this.words.field('nav.main') })).toBeVisible();
  }

  async go(place: Place): Promise<void> {
    const nav = this.page.getByRole('navigation', { name: this.words.field('nav.main') });
    await nav.getByRole('link', { name: this.words.field(`nav.${place}`) }).click();
    await expect(this.page.getByRole('heading', { level: 1, name: this.words.field(`nav.${place}`) })).toBeVisible();
  }

  /** One step back, out of an inspection for example: on a phone it has no navigation. */
  async back(): Promise<void> {
    await this.button(this.words.both('action.back')).click();
  }

  /**
   * Waits until the core knows the item that the person is at. That is written a moment after the screen shows it, and there
   * is nothing to see of it.
   */
  async keptAt(item: string): Promise<void> {
    const ask = () =>
      this.page.evaluate(async () => {
        const init = { method: 'POST', headers: { 'x-davy-bridge': '1', 'content-type': 'application/json' }, body: '{}' };
        return String(await (await fetch('/command/load_place', init)).json());
      });
    await expect.poll(ask).toContain(`"item":"${item}"`);
  }

  /** A row of Today (or of a site) that belongs to a site, in a titled group. */
  row(group: string, site: string): Locator {
    const region = this.page.getByRole('region', { name: this.words.field(group) });
    return region.getByRole('button', { name: new RegExp(`^${site}`) });
  }

  /** What the mark of the synchronisation says on every screen. */
  badge(state: string, count = 0): Locator {
    const { field } = this.words;
    return this.button(field('badge.label', { state: field(`badge.${state}`, { count }) }));
  }

  /** How many records stand at a step, on the page of the synchronisation. */
  async step(step: 'saved' | 'waiting' | 'sent' | 'delivered'): Promise<number> {
    const row = this.page.getByRole('listitem').filter({ hasText: this.words.field(`step.${step}`) });
    return Number(/^\d+/.exec((await row.innerText()).trim())?.[0]);
  }

  /** Starts an inspection: site, checklist, second inspector. */
  async begin(site: string, checklist: RegExp, second: string): Promise<string> {
    const { field, both } = this.words;
    await this.go('today');
    await this.button(field('today.new')).click();
    await this.page.getByRole('searchbox', { name: field('sites.search') }).fill(site);
    await this.button(field('site.open', { site })).click();
    await this.page.getByRole('radio', { name: checklist }).check({ force: true });
    await this.page.getByLabel(both('signer.second_inspector')).selectOption({ label: second });
    await this.button(field('new.start')).click();
    await this.page.waitForURL(/#\/inspections\/[^/?]+/);
    return /#\/inspections\/([^/?]+)/.exec(this.page.url())?.[1] ?? '';
  }
}
