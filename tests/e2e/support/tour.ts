/** Looks at one screen after the other: accessibility, width, size of what is touched, and a picture for whoever wants to look. */
import { expect, type Page } from '@playwright/test';
import { AxeBuilder } from '@axe-core/playwright';
import { folder } from './settings';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice'];

/** A way to see the screen. */
export type Theme = 'light' | 'dark' | 'contrast';

/** How a screen is looked at. */
export type Look = {
  page: Page;
  /** Name of the project, for the pictures. */
  label: string;
  themes: readonly Theme[];
  /** Smallest height of what is touched, in px; 0: not looked at. */
  touch: number;
};

/** Lets the page follow another theme, as the system would tell it. */
export async function dress(page: Page, theme: Theme): Promise<void> {
  await page.emulateMedia({ colorScheme: theme === 'dark' ? 'dark' : 'light', contrast: theme === 'contrast' ? 'more' : 'no-preference', reducedMotion: 'reduce' });
  await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
}

/** Looks at the screen that is open. `within` narrows it to a dialog; what lies behind is inert. */
export async function look(at: Look, name: string): Promise<void> {
  const { page, label, themes, touch } = at;
  await expect(page.getByRole('status').filter({ hasText: /加载中|Loading/ })).toHaveCount(0);
  await fits(page, name);
  if (touch > 0) await touchable(page, name, touch);
  for (const [index, theme] of themes.entries()) {
    await dress(page, theme);
    await accessible(page, `${name} (${theme})`, index > 0);
    await page.screenshot({ path: folder('tour', label, `${name}-${theme}.png`), animations: 'disabled' });
  }
  await dress(page, themes[0] ?? 'light');
}

/** Fails with the rule and the elements when the page has a serious fault. Another theme can only differ in contrast. */
async function accessible(page: Page, where: string, onlyContrast: boolean): Promise<void> {
  const builder = new AxeBuilder({ page });
  const { violations } = await (onlyContrast ? builder.withRules(['color-contrast']) : builder.withTags(TAGS)).analyze();
  const grave = violations.filter((one) => one.impact === 'serious' || one.impact === 'critical');
  const words = grave.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.html.slice(0, 200)}: ${node.failureSummary ?? one.help}`));
  expect.soft(words, where).toEqual([]);
}

/** Fails when a screen is wider than the window: then a person would have to push it sideways to read a line. */
async function fits(page: Page, where: string): Promise<void> {
  const wide = await page.evaluate(() => {
    // A phone makes its page as wide as what sticks out of it; then only the screen still has the true width.
    const width = Math.min(document.documentElement.clientWidth, screen.width);
    if (document.documentElement.scrollWidth <= width) return [];
    const out = [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > width + 1);
    return [`${document.documentElement.scrollWidth} px`, ...out.slice(0, 3).map((one) => one.outerHTML.slice(0, 120))];
  });
  expect.soft(wide, `${where} is too wide`).toEqual([]);
}

/** Fails when something to touch is smaller than a gloved finger. Links inside a sentence are words, not buttons. */
async function touchable(page: Page, where: string, least: number): Promise<void> {
  const small = await page.evaluate((size) => {
    const scope = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document.body;
    const targets = scope.querySelectorAll<HTMLElement>('button, select, textarea, a, summary, input:not([type=file]):not([hidden])');
    const seen = [...targets].map((one) => ({ one: one.matches('label input') ? (one.closest('label') ?? one) : one, source: one }));
    return seen
      .filter(({ one, source }) => one.checkVisibility({ visibilityProperty: true }) && !source.matches('p a, dd a'))
      .map(({ one }) => ({ box: one.getBoundingClientRect(), html: one.outerHTML.slice(0, 140) }))
      // What only a screen reader meets is cut to nothing.
      .filter(({ box }) => box.width > 2 && (box.height < size - 0.5 || box.width < size - 0.5))
      .map(({ box, html }) => `${Math.round(box.width)}×${Math.round(box.height)} ${html}`);
  }, least);
  expect.soft(small, `${where}: targets under ${least} px`).toEqual([]);
}
