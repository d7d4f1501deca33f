/** The console as a supervisor works it. */
import { expect, type Locator, type Page } from '@playwright/test';
import { SCREENSHOTS, SERVER, login } from './settings';
import type { Words } from './words';

/** Entries of the navigation. */
export type Screen = 'dashboard' | 'inspections' | 'findings' | 'sites' | 'assignments' | 'checklists' | 'people' | 'devices' | 'system';

export class Desk {
  readonly page: Page;
  readonly words: Words;

  constructor(page: Page, words: Words) {
    this.page = page;
    this.words = words;
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  /** A part of a screen by its heading. */
  panel(title: string): Locator {
    return this.page.getByRole('region', { name: new RegExp(`^${title}`) });
  }

  async signIn(who: string): Promise<void> {
    const { desk } = this.words;
    const { login: name, password } = login(who);
    await this.page.goto(SERVER);
    await this.page.getByLabel(desk('sign_in.login')).fill(name);
    await this.page.getByLabel(desk('sign_in.password')).fill(password);
    await this.button(desk('sign_in.submit')).click();
    await this.isAt('dashboard');
    await expect(this.page.getByText(desk('live.on'), { exact: true }), 'changes arrive by themselves').toBeAttached();
  }

  async isAt(screen: Screen): Promise<void> {
    await expect(this.page.getByRole('heading', { level: 1, name: this.words.desk(`nav.${screen}`), exact: true })).toBeVisible();
  }

  /** Opens a screen by the navigation, which a phone keeps behind a button. */
  async go(screen: Screen): Promise<void> {
    const { desk } = this.words;
    const link = this.page.getByRole('navigation', { name: desk('shell.nav') }).getByRole('link', { name: desk(`nav.${screen}`), exact: true });
    const menu = this.button(desk('shell.menu'));
    if (await menu.isVisible()) await menu.click();
    await link.click();
    await this.isAt(screen);
  }

  /** Types into a text filter of a list; on a phone the filters are behind a button. */
  async filter(label: string, text: string): Promise<void> {
    const unfold = this.button(this.words.desk('filter.title'));
    if (await unfold.isVisible()) await unfold.click();
    await this.page.getByRole('searchbox', { name: label, exact: true }).fill(text);
  }

  /** Lets a picture of the README be made in the size of a desk; only a window that is not a phone's can be one. */
  async shot(make: () => Promise<void>): Promise<void> {
    const size = this.page.viewportSize();
    if (!SCREENSHOTS || !size || size.width < 700) return;
    await this.page.setViewportSize({ width: 1600, height: 900 });
    await make();
    await this.page.setViewportSize(size);
  }
}
