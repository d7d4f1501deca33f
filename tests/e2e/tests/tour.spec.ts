/**
 * A tour of every screen in both sizes and both languages: no serious fault of accessibility, nothing wider than the window,
 * nothing to touch that is smaller than a gloved finger. Light and dark everywhere, high contrast on one of the four.
 */
import type { ChecklistRow, InspectionRow, Page as Rows } from '../../../ui/src/shared/generated/console';
import { Api } from '../support/api';
import { Bridge } from '../support/bridge';
import { Desk, type Screen } from '../support/desk';
import { Field } from '../support/field';
import { SERVER } from '../support/settings';
import { expect, test } from '../support/test';
import { look, type Look, type Theme } from '../support/tour';

const THEMES: Record<string, readonly Theme[]> = {
  'tablet-zh': ['light', 'dark', 'contrast'],
  'tablet-en': ['light'],
  'phone-zh': ['dark'],
  'phone-en': ['light', 'dark'],
};

/** The inspector of the demo's history. The tour looks at that history only: other tests work beside it. */
const PERSON = '王海燕';

test('every screen before the app is open can be used by everybody', async ({ page, words, label }) => {
  const bridge = await Bridge.fresh(`gate-${label}`);
  const field = new Field(page, words);
  const at: Look = { page, label, themes: THEMES[label] ?? ['light'], touch: 48 };
  await field.open(bridge);
  await look(at, 'enrol');
  await field.button(words.both('action.continue')).click();
  await look(at, 'enrol-incomplete');
  await field.code('0000-0000-0000', SERVER, 'gate');
  await look(at, 'enrol-pin');
  await field.choosePin();
  await expect(page.getByRole('alert')).toBeVisible();
  await look(at, 'enrol-refused');
  await page.close();
  await bridge.stop();
});

test('every screen of the field app can be used by everybody', async ({ page, words, label, isPhone }) => {
  test.setTimeout(240_000);
  const bridge = await Bridge.enrolled(`tour-${label}`, PERSON);
  const field = new Field(page, words);
  const at: Look = { page, label, themes: THEMES[label] ?? ['light'], touch: 48 };
  await field.open(bridge);
  await expect(field.button('1')).toBeVisible();
  await look(at, 'unlock');
  await field.unlock();
  await field.isOpen();
  await expect(field.badge('delivered')).toBeVisible({ timeout: 60_000 });
  await look(at, 'today');
  for (const place of ['sites', 'findings', 'clauses', 'sync', 'settings'] as const) {
    await field.go(place);
    await expect(page.getByRole('main').getByRole(place === 'settings' ? 'radio' : 'button').first()).toBeAttached();
    await look(at, place);
  }
  await field.go('sites');
  await field.button(words.field('site.open', { site: '鸿源化工厂区' })).click();
  await expect(page.getByRole('region', { name: words.field('site.inspections') })).toBeVisible();
  await look(at, 'site');
  await field.button(words.field('finding.raise.free')).click();
  await look(at, 'free-finding');
  await page.getByRole('dialog').getByRole('button', { name: words.field('finding.raise'), exact: true }).click();
  await look(at, 'free-finding-incomplete');
  await page.keyboard.press('Escape');
  await field.button(words.field('today.new')).click();
  await expect(page.getByRole('radio').first()).toBeAttached();
  await look(at, 'new');

  await field.go('findings');
  await page.getByRole('main').locator('.list button', { hasText: '现场检查不符合要求' }).first().click();
  await expect(page.getByRole('region', { name: words.field('finding.comments') })).toBeVisible();
  await look(at, 'finding');
  await page.locator('button.thumb').first().click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await look(at, 'photo');
  await field.button(words.field('photo.mark')).click();
  await field.button(words.field('mark.text')).click();
  await look(at, 'photo-mark');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');

  await field.go('today');
  await field.row('today.returned', '鸿源化工厂区').click();
  await expect(page.locator('article[data-key]').first()).toBeVisible();
  await look(at, 'inspection');
  const filters = page.getByRole('group', { name: words.field('filter.label') });
  await filters.getByRole('button', { name: new RegExp(`^${words.field('filter.failed')}`) }).click();
  const card = page.locator('article[data-key]').first();
  await card.getByRole('button', { name: new RegExp(`^${words.field('item.guidance')}`) }).click();
  await card.locator('section.finding button.head').first().click();
  await look(at, 'inspection-finding');
  if (isPhone) {
    await field.button(words.field('inspection.menu')).click();
    await look(at, 'inspection-sections');
    await page.keyboard.press('Escape');
  }
  await field.button(words.field('inspection.finish')).click();
  await expect(page.getByRole('region', { name: words.field('finish.signatures') })).toBeVisible();
  await look(at, 'finish');
  await field.button(words.field('sign.title', { role: words.both('signer.inspector') })).click();
  await look(at, 'sign');
  await page.close();
  await bridge.stop();
});

test('every screen of the console can be used by everybody', async ({ page, words, label }) => {
  test.setTimeout(240_000);
  const desk = new Desk(page, words);
  const at: Look = { page, label, themes: THEMES[label] ?? ['light'], touch: 0 };
  await page.goto(SERVER);
  await expect(page.getByLabel(words.desk('sign_in.login'))).toBeVisible();
  await look(at, 'console-sign-in');
  await desk.signIn('admin');
  await expect(page.locator('canvas').first()).toBeVisible();
  await look(at, 'console-dashboard');
  const screens: Screen[] = ['inspections', 'findings', 'sites', 'assignments', 'checklists', 'people', 'devices', 'system'];
  for (const screen of screens) {
    await desk.go(screen);
    await look(at, `console-${screen}`);
  }
  await desk.go('findings');
  await desk.button(words.desk('views.title')).click();
  await look(at, 'console-views-none');
  await page.keyboard.press('Escape');
  await page.goto(`${SERVER}/findings?grade=major`);
  await desk.button(words.desk('views.title')).click();
  await page.getByLabel(words.desk('views.name')).fill(words.both('grade.major'));
  await page.getByRole('button', { name: words.desk('views.save'), exact: true }).click();
  // The button says which view is shown.
  await page.getByRole('button', { name: words.both('grade.major'), exact: true }).click();
  await look(at, 'console-views');
  await page.keyboard.press('Escape');
  await desk.go('devices');
  await desk.button(words.desk('enrol.new')).click();
  await page.getByLabel(words.desk('enrol.person')).selectOption({ index: 1 });
  await page.getByRole('button', { name: words.desk('enrol.create') }).click();
  await expect(page.getByRole('timer')).toBeVisible();
  await look(at, 'console-enrol');
  await page.keyboard.press('Escape');
  for (const [screen, button] of [['people', 'person.new'], ['sites', 'site.new'], ['assignments', 'assignment.new']] as const) {
    await desk.go(screen);
    await desk.button(words.desk(button)).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await look(at, `console-${screen}-new`);
    await page.keyboard.press('Escape');
  }
});

test('every page of a record at the desk can be used by everybody', async ({ page, words, label }) => {
  test.setTimeout(240_000);
  const desk = new Desk(page, words);
  const at: Look = { page, label, themes: THEMES[label] ?? ['light'], touch: 0 };
  const api = await Api.as('supervisor');
  const { rows } = await api.read<Rows<InspectionRow>>('/inspections?stage=submitted');
  const submitted = rows.find((row) => row.site_name === '红岩煤矿');
  const finding = (await api.inspection(submitted?.id ?? '')).view.findings.find((one) => one.evidence.length > 0);
  const checklists = await api.read<ChecklistRow[]>('/checklists');
  // The shortest one shows every form of item as well, and axe reads it in a tenth of the time.
  const shortest = checklists.reduce((least, one) => (one.items < least.items ? one : least));
  await desk.signIn('supervisor');
  const pages = {
    // Those that failed show every form of a row; the hundreds that passed only take axe's time.
    inspection: `/inspections/${submitted?.id}?items=failed`,
    finding: `/findings/${finding?.id}`,
    photo: `/findings/${finding?.id}?photo=${finding?.evidence[0]?.id}`,
    site: `/sites/${submitted?.site}`,
    checklist: `/checklists/${shortest.hash}`,
    search: `/search?q=${encodeURIComponent('煤矿')}`,
    missing: '/nowhere',
  };
  for (const [name, path] of Object.entries(pages)) {
    await page.goto(SERVER + path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    if (name === 'inspection') await page.getByRole('radio', { name: words.desk('review.return') }).check();
    await look(at, `console-${name}`);
  }
});
