/** Chapter three: why nothing leaves, signing, and what happens when there is a network again. */
import type { Story } from '../../support/story';
import { expect, test } from '../../support/test';

export function delivery(now: () => Story): void {
  test('the page of the synchronisation names the cause while the server is away', async () => {
    const { field, words } = now();
    await field.go('sync');
    const why = field.page.getByRole('region', { name: words.field('why.title') });
    await expect(why.getByText(words.field('cause.server_unreachable'))).toBeVisible();
    await expect(why.getByText(words.field('remedy.server_unreachable'))).toBeVisible();
    await expect(why.getByText(words.field('why.safe.words'))).toBeVisible();
    expect(await field.step('delivered')).toBe(0);
    expect((await field.step('saved')) + (await field.step('waiting')), 'the inspection and its two findings are here').toBeGreaterThanOrEqual(2);
  });

  test('it is finished with signatures, and with a refusal or the signature of the site', async ({ isPhone }) => {
    const { field, finish, words, cast, write, mine } = now();
    await field.go('today');
    await field.row('today.drafts', mine.name).click();
    await field.button(words.field('inspection.finish')).click();
    const points = field.page.getByRole('region', { name: words.field('finish.points') });
    await expect(points.getByRole('heading', { level: 3 }).last()).toContainText(/\d+/);
    await expect(field.button(words.field('finish.submit'))).toBeDisabled();
    await finish.sign('inspector', cast.inspector);
    await finish.sign('second_inspector', cast.second);
    // Both ways to end are worth a test: the phone's site signs, the tablet's refuses.
    if (isPhone) await finish.sign('site_representative', '罗永平', '矿长');
    else await finish.refuse(write.refusal, write.witness);
    await field.page.getByLabel(words.field('finish.remark')).fill(write.remark);
    await finish.submit();
    await field.button(words.field('finish.to_today')).click();
    await expect(field.row('today.recent', mine.name)).toBeVisible();
  });

  test('with the network back it is delivered by itself, and the open console shows it without a reload', async () => {
    const { field, desk, gate, words, mine, photos, api } = now();
    await desk.page.evaluate(() => Object.assign(window, { neverReloaded: true }));
    const news = desk.panel(words.desk('dash.today')).getByRole('link', { name: mine.name, exact: true });
    await expect(news).toHaveCount(0);
    await gate.open();
    // The system tells every window when a network appears. Nobody presses anything.
    await field.page.context().setOffline(true);
    await field.page.context().setOffline(false);
    await field.go('sync');
    await expect(field.badge('delivered')).toBeVisible({ timeout: 90_000 });
    await expect.poll(() => field.step('delivered')).toBeGreaterThanOrEqual(2);
    expect((await field.step('saved')) + (await field.step('waiting')) + (await field.step('sent'))).toBe(0);

    await expect(news).toBeVisible();
    expect(await desk.page.evaluate(() => 'neverReloaded' in window)).toBe(true);
    const page = await api.inspection(now().inspection);
    expect(page.seals.every((one) => one.state === 'verified'), 'every record is under a verified seal').toBe(true);
    const evidence = page.view.evidence.concat(page.view.findings.flatMap((one) => one.evidence));
    for (const { name, buffer } of photos.slice(0, 3)) {
      const original = evidence.find((one) => one.name === name)?.original ?? '';
      expect(buffer.equals((await api.blob(original)) ?? Buffer.of()), `${name} arrived byte for byte`).toBe(true);
    }
  });
}
