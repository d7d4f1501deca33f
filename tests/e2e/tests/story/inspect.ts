/** Chapter two: an inspection with the network off, and a process that is killed in the middle of it. */
import { picture, type Story } from '../../support/story';
import { expect, test } from '../../support/test';

export function inspecting(now: () => Story): void {
  test('an inspection begins with the site, the checklist and the second inspector', async () => {
    const { field, sheet, words, cast, mine } = now();
    const title = words.locale === 'zh' ? /煤矿安全检查表/ : /Coal mine safety checklist/;
    now().inspection = await field.begin(mine.name, title, cast.second);
    await expect(field.page.getByRole('heading', { level: 1, name: mine.name })).toBeVisible();
    await expect(sheet.card('mine_type')).toBeVisible();
  });

  test('items appear and disappear with what was answered', async () => {
    const { sheet } = now();
    await sheet.find('gas_grade');
    await sheet.choose('mine_type', 'open_pit');
    await sheet.search('gas_grade');
    await expect(sheet.card('gas_grade')).toHaveCount(0);
    await sheet.choose('mine_type', 'underground');
    await sheet.find('gas_grade');
    await sheet.search('stripping_contract');
    await expect(sheet.card('stripping_contract')).toHaveCount(0);
  });

  test('each answer says that it is saved, and a reading is judged by its limit', async () => {
    const { sheet, words, write } = now();
    const licence = await sheet.answer('g_01_a', 'pass');
    await licence.getByRole('button', { name: new RegExp(`^${words.field('item.note')}`) }).click();
    await licence.getByRole('textbox', { name: new RegExp(`^${words.field('item.note')}`) }).fill(write.note);
    await expect(licence.getByRole('status').last()).toHaveText(words.field('save.saved'));
    await sheet.answer('hazard_ledger', 'not_applicable');
    await sheet.answer('emergency_gear', 'not_checked');

    await sheet.read('approved_capacity', '90');
    const output = await sheet.read('year_output', '120');
    await expect(output.getByText(words.field('item.limit.broken'))).toBeVisible();
    await expect(output.getByText(words.both('verdict.fail'), { exact: true })).toBeVisible();
    await sheet.read('year_output', '95');
    await expect(output.getByText(words.both('verdict.pass'), { exact: true })).toBeVisible();
    await output.getByRole('textbox').first().fill('many');
    await output.getByRole('textbox').first().press('Enter');
    await expect(output.getByRole('alert')).toHaveText(words.field('reading.not_a_number'));
    await output.getByRole('textbox').first().fill('95');
    await output.getByRole('textbox').first().press('Enter');
    await expect(output.getByRole('alert')).toHaveCount(0);
  });

  test('a failed item opens its finding in place, with the suggested grade, photographs and marks over them', async ({ isPhone }) => {
    const { sheet, words, failed, photos, write } = now();
    const card = await sheet.answer('m_13_1', 'fail');
    const form = card.getByRole('form', { name: words.field('finding.form', { subject: sheet.question('m_13_1') }) });
    await expect(form.getByRole('radio', { name: words.both('grade.major') })).toBeChecked();
    await expect(form.getByText(words.field('finding.suggested', { grade: words.both('grade.major') }))).toBeVisible();
    await sheet.raise(form, failed);
    const finding = sheet.finding(failed.description);
    await expect(finding).toBeVisible();
    await finding.getByRole('button').first().click();
    await sheet.attach(finding, photos.slice(0, 2));
    await sheet.mark(finding, write.mark);
    await sheet.attach(card, photos.slice(2, 3));
    await sheet.clearSearch();
    await card.evaluate((one) => one.scrollIntoView({ block: 'start' }));
    await picture(now().field.page, words, isPhone ? 'phone-inspection' : 'tablet-inspection');
    // The browser's own test picture stands in for a camera, and is nothing for a README.
    await sheet.shoot('m_13_1', 2);
  });

  test('a finding outside the checklist can be raised at any moment', async () => {
    const { field, words, outside, sheet } = now();
    await field.button(words.field('inspection.free_finding')).click();
    const dialog = field.page.getByRole('dialog');
    await dialog.getByText(words.both('grade.general'), { exact: true }).click();
    await sheet.raise(dialog, outside);
    await expect(dialog).toBeHidden();
  });

  test('a killed app comes back to the same item with nothing missing', async () => {
    const { field, bridge, sheet, words, write, failed, outside, mine } = now();
    await sheet.answer('g_03_a', 'pass');
    await field.keptAt('g_03_a');
    await bridge.kill();
    await bridge.start();
    await field.open(bridge);
    await field.unlock();
    await field.page.waitForURL(new RegExp(`#/inspections/${now().inspection}`));
    await expect(sheet.card('g_03_a').getByRole('button', { name: words.both('verdict.pass'), exact: true })).toHaveAttribute('aria-pressed', 'true');

    const card = await sheet.find('m_13_1');
    await expect(card.getByRole('button', { name: words.both('verdict.fail'), exact: true })).toHaveAttribute('aria-pressed', 'true');
    await expect(card.locator('.tools ul img')).toHaveCount(3);
    const finding = sheet.finding(failed.description);
    await finding.getByRole('button').first().click();
    await expect(finding.locator('ul button.thumb img')).toHaveCount(2);
    await expect(finding.getByLabel(words.field('finding.measure'))).toHaveValue(failed.measure);
    await expect((await sheet.find('g_01_a')).getByRole('textbox')).toHaveValue(write.note);
    await expect((await sheet.find('year_output')).getByRole('textbox').first()).toHaveValue('95');
    await field.back();
    await field.go('findings');
    const row = field.page.getByRole('button').filter({ hasText: mine.name }).filter({ hasText: outside.description });
    await expect(row).toBeVisible();
  });
}
