/**
 * Two inspectors answer one item differently, both without a network. Nothing is overwritten: both values stand side by side
 * on both devices and at the desk until a person settles it, and then everybody sees the same.
 */
import type { Browser, Locator } from '@playwright/test';
import type { Verdict } from '../../../ui/src/shared/generated/core';
import { Api, type Place } from '../support/api';
import { Bridge } from '../support/bridge';
import { Desk } from '../support/desk';
import { Field } from '../support/field';
import { Gate } from '../support/gate';
import { Inspection } from '../support/inspection';
import { SERVER } from '../support/settings';
import { expect, test } from '../support/test';
import type { Words } from '../support/words';

test.describe.configure({ mode: 'serial' });

const ITEM = 'g_01_a';
const PEOPLE = ['李国栋', '王海燕'] as const;
const MINES: Record<string, string> = { 'tablet-zh': '西岭煤矿', 'tablet-en': '双河煤矿', 'phone-zh': '白石煤矿', 'phone-en': '杨树沟煤矿' };

/** One inspector with a device behind a gate. */
class Inspector {
  readonly gate: Gate;
  readonly bridge: Bridge;
  readonly field: Field;
  readonly sheet: Inspection;

  private constructor(gate: Gate, bridge: Bridge, field: Field, sheet: Inspection) {
    this.gate = gate;
    this.bridge = bridge;
    this.field = field;
    this.sheet = sheet;
  }

  static async ready(browser: Browser, words: Words, api: Api, person: string, device: string): Promise<Inspector> {
    const gate = await Gate.before(SERVER);
    const bridge = await Bridge.enrolled(device, person, gate.url);
    const field = new Field(await (await browser.newContext()).newPage(), words);
    await field.open(bridge);
    await field.unlock();
    await field.isOpen();
    return new Inspector(gate, bridge, field, new Inspection(field, await api.items('coal-mines')));
  }

  /** Presses "sync now" and waits until everything is at the server. */
  async synchronise(): Promise<void> {
    await this.field.go('sync');
    await this.field.button(this.field.words.field('sync.now')).click();
    await expect(this.field.badge('delivered')).toBeVisible({ timeout: 60_000 });
  }

  /** Opens the inspection of a site from Today. */
  async open(group: string, mine: string): Promise<void> {
    await this.field.go('today');
    // News that come while a device is busy with older news are fetched at its next contact, a minute later at most.
    await expect(this.field.row(group, mine)).toBeVisible({ timeout: 75_000 });
    await this.field.row(group, mine).click();
    await expect(this.field.page.getByRole('heading', { level: 1, name: mine })).toBeVisible();
  }

  /** The values that stand side by side. */
  async contested(): Promise<Locator> {
    const card = await this.sheet.find(ITEM);
    return card.getByRole('region', { name: this.field.words.field('contested.title') });
  }

  async end(): Promise<void> {
    await this.field.page.context().close();
    await this.bridge.stop();
    await this.gate.close();
  }
}

let mine: Place;
let both: [Inspector, Inspector];
let desk: Desk;
let inspection = '';

test.beforeAll(async ({ browser, words, label }) => {
  const api = await Api.as('admin');
  mine = await api.mine(MINES[label] ?? label, ['井底车场']);
  both = [
    await Inspector.ready(browser, words, api, PEOPLE[0], `first-${label}`),
    await Inspector.ready(browser, words, api, PEOPLE[1], `second-${label}`),
  ];
  desk = new Desk(await (await browser.newContext()).newPage(), words);
});

test.afterAll(async () => {
  for (const one of both) await one.end();
  await desk.page.context().close();
});

test('an inspection that one begins is on the other one\'s Today', async ({ words }) => {
  const [first, second] = both;
  const title = words.locale === 'zh' ? /煤矿安全检查表/ : /Coal mine safety checklist/;
  inspection = await first.field.begin(mine.name, title, PEOPLE[1]);
  await expect(first.sheet.card('mine_type')).toBeVisible();
  await first.field.back();
  await first.synchronise();
  await second.synchronise();
  await second.open('today.drafts', mine.name);
});

test('both answer the same item without a network, differently', async () => {
  const [first, second] = both;
  for (const one of both) await one.gate.close();
  await first.open('today.drafts', mine.name);
  const answers: [Inspector, Verdict][] = [[first, 'pass'], [second, 'fail']];
  for (const [one, verdict] of answers) {
    await one.sheet.answer(ITEM, verdict);
    await one.field.back();
  }
});

test('after both have synchronised both values stand side by side on both devices', async ({ words }) => {
  for (const one of both) await one.gate.open();
  const [first, second] = both;
  await first.synchronise();
  await second.synchronise();
  await first.synchronise();
  for (const one of both) {
    await one.open('today.contested', mine.name);
    const values = (await one.contested()).getByRole('listitem');
    await expect(values).toHaveCount(2);
    for (const [index, verdict] of (['pass', 'fail'] as const).entries()) {
      const value = values.filter({ has: one.field.page.getByText(words.both(`verdict.${verdict}`), { exact: true }) });
      await expect(value).toContainText(PEOPLE[index] ?? '');
    }
  }
});

test('the desk shows both values too, with who gave them', async ({ words }) => {
  await desk.signIn('supervisor');
  await desk.page.goto(`${SERVER}/inspections/${inspection}`);
  const group = desk.page.getByRole('group', { name: words.desk('contested.group') });
  await expect(group.getByRole('listitem')).toHaveCount(2);
  for (const person of PEOPLE) await expect(group).toContainText(person);
});

test('a person settles it with a reason, and everybody sees the same', async ({ words, isPhone }) => {
  const [first, second] = both;
  const reason = words.locale === 'zh' ? '现场核对证照，已过期' : 'Checked the licence on site: it has run out';
  const settler = isPhone ? desk.page : second.field.page;
  const say = isPhone ? words.desk : words.field;
  const settle = say('contested.settle');
  await settler.getByRole('button', { name: new RegExp(`^${settle}`) }).click();
  const dialog = settler.getByRole('dialog');
  await dialog.getByRole('radio', { name: new RegExp(words.both('verdict.fail')) }).check();
  await dialog.getByLabel(isPhone ? say('settle.reason') : say('contested.why')).fill(reason);
  await dialog.getByRole('button', { name: isPhone ? say('settle.submit') : settle, exact: true }).click();
  await expect(dialog).toBeHidden();

  for (const one of [second, first]) {
    const card = one.sheet.card(ITEM);
    await expect(card.getByRole('button', { name: words.both('verdict.fail'), exact: true })).toHaveAttribute('aria-pressed', 'true', { timeout: 75_000 });
    await expect(card.getByRole('region', { name: words.field('contested.title') })).toHaveCount(0);
  }
  await expect(desk.page.getByRole('group', { name: words.desk('contested.group') })).toHaveCount(0);
  await expect(desk.page.locator(`#item-${ITEM}`)).toContainText(words.both('verdict.fail'));
});
