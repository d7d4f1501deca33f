/** Chapter four: the supervisor reads, checks, grades, comments and returns; the inspector sees what came back. */
import { picture, type Story } from '../../support/story';
import { expect, test } from '../../support/test';

export function reviewing(now: () => Story): void {
  test('the ledger finds the finding by its words', async () => {
    const { desk, words, failed, outside, api, mine } = now();
    await desk.shot(() => picture(desk.page, words, 'console-dashboard'));
    await desk.go('findings');
    await desk.filter(words.desk('filter.text'), failed.description.slice(0, 12));
    const row = (await api.findings(failed.description)).find((one) => one.site_name === mine.name);
    await expect(desk.page.locator(`a[href="/findings/${row?.id}"]`)).toBeVisible();
    await expect(desk.page.getByRole('link', { name: outside.description })).toHaveCount(0);
    await desk.page.locator(`a[href="/findings/${row?.id}"]`).click();
    await expect(desk.page.getByRole('heading', { level: 1, name: failed.description })).toBeVisible();
  });

  test('the page of the finding shows its photographs, small with their marks and as they were taken', async () => {
    const { desk, words, write } = now();
    const photos = desk.panel(words.desk('photo.title'));
    await expect(photos.getByRole('img')).toHaveCount(0);
    const grid = photos.locator('img');
    await expect(grid).toHaveCount(2);
    await grid.first().scrollIntoViewIfNeeded();
    const width = () => grid.first().evaluate((image) => (image as HTMLImageElement).naturalWidth);
    await expect.poll(width).toBeGreaterThan(0);
    expect(await width(), 'a thumbnail').toBeLessThanOrEqual(320);
    await expect(photos.locator('svg text')).toHaveText(write.mark);
    await desk.shot(() => picture(desk.page, words, 'console-finding'));

    await photos.getByRole('button').first().click();
    const dialog = desk.page.getByRole('dialog');
    await expect(dialog.locator('svg text').filter({ hasText: write.mark })).toBeVisible();
    await dialog.getByRole('button', { name: words.desk('photo.show_original') }).click();
    await expect(dialog.locator('svg text'), 'nothing lies over the original').toHaveCount(0);
    await expect.poll(() => dialog.locator('img').evaluate((image) => (image as HTMLImageElement).naturalWidth), 'the original').toBe(1600);
    await expect(dialog.getByText(words.desk('photo.original.here'))).toBeVisible();
    await dialog.getByRole('button', { name: words.both('action.close') }).click();
  });

  test('the supervisor changes the grade with a reason and comments', async () => {
    const { desk, words, write } = now();
    const panel = desk.panel(words.desk('grade.title'));
    await panel.getByRole('radio', { name: words.both('grade.general') }).check();
    const change = panel.getByRole('button', { name: words.desk('grade.set', { grade: words.both('grade.general.short') }) });
    await change.click();
    await expect(panel.getByText(words.desk('form.required')), 'a reason is asked for').toBeVisible();
    await panel.getByLabel(words.desk('settle.reason')).fill(write.grade);
    await change.click();
    await expect(panel.getByText(words.desk('grade.confirmed'))).toBeVisible();
    await expect(panel.getByText(write.grade)).toBeVisible();

    const comments = desk.panel(words.desk('comment.title'));
    await comments.getByLabel(words.desk('comment.new')).fill(write.comment);
    await comments.getByRole('button', { name: words.desk('comment.send'), exact: true }).click();
    await expect(comments.getByRole('listitem').getByText(write.comment)).toBeVisible();
  });

  test('the inspection shows its signatures, and every seal is verified', async ({ isPhone }) => {
    const { desk, words, cast, write } = now();
    await desk.page.getByRole('link', { name: words.desk('finding.open_inspection') }).click();
    await expect(desk.page.getByRole('heading', { level: 1, name: now().mine.name })).toBeVisible();
    await desk.shot(() => picture(desk.page, words, 'console-inspection'));
    const signatures = desk.panel(words.desk('signature.title'));
    for (const name of [cast.inspector, cast.second]) {
      const image = signatures.getByRole('img', { name: words.desk('signature.image', { name }) });
      await expect.poll(() => image.evaluate((one) => (one as HTMLImageElement).naturalWidth)).toBeGreaterThan(0);
    }
    if (!isPhone) await expect(signatures.getByText(write.refusal)).toBeVisible();
    const seals = desk.panel(words.desk('seal.title'));
    const { seals: checked } = await now().api.inspection(now().inspection);
    await expect(seals.getByText(words.desk('seal.sound', { count: checked.length }))).toBeVisible();
    await expect(seals.getByText(words.desk('seal.exceptions'))).toHaveCount(0);
  });

  test('the supervisor returns exactly two items', async () => {
    const { desk, words, write, sheet } = now();
    const review = desk.panel(words.desk('review.title'));
    await review.getByRole('radio', { name: words.desk('review.return') }).check();
    for (const id of ['g_01_a', 'm_13_1']) {
      await desk.page.getByRole('checkbox', { name: words.desk('review.tick', { item: sheet.question(id) }) }).check();
    }
    await review.getByLabel(words.desk('review.comment')).fill(write.comment);
    await review.getByRole('button', { name: words.desk('review.submit_return', { count: 2 }) }).click();
    await expect(desk.panel(words.desk('review.history')).getByText(write.comment)).toBeVisible();
  });

  test('Today shows what came back, and the inspection shows which items', async ({ isPhone }) => {
    const { field, words, mine, sheet, write } = now();
    await field.go('today');
    const row = field.row('today.returned', mine.name);
    await expect(row).toBeVisible({ timeout: 75_000 });
    await expect(row).toContainText(words.field('card.redo', { count: 2 }));
    if (!isPhone) await picture(field.page, words, 'tablet-today');
    await row.click();
    await expect(field.page.getByText(words.field('inspection.returned', { count: 2 }))).toBeVisible();
    await expect(field.page.getByText(write.comment)).toBeVisible();
    for (const id of ['g_01_a', 'm_13_1']) {
      await expect((await sheet.find(id)).getByText(words.field('item.redo'), { exact: true })).toBeVisible();
    }
    await expect((await sheet.find('g_03_a')).getByText(words.field('item.redo'), { exact: true })).toHaveCount(0);
    const card = await sheet.answer('g_01_a', 'fail');
    await expect(card.getByText(words.field('item.redo'), { exact: true })).toHaveCount(0);
  });
}
