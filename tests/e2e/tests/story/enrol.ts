/** Chapter one: a code from the console enrols a device that was never used; codes that must not, do not. */
import { Bridge } from '../../support/bridge';
import { Field } from '../../support/field';
import { readQr } from '../../support/qr';
import { PIN } from '../../support/settings';
import type { Story } from '../../support/story';
import { expect, test } from '../../support/test';

export function enrolment(now: () => Story): void {
  test('the supervisor makes a one-time code, shown as QR and as text with the time left', async () => {
    const { desk, words } = now();
    await desk.signIn('supervisor');
    await desk.go('devices');
    await desk.button(words.desk('enrol.new')).click();
    const dialog = desk.page.getByRole('dialog');
    const who = dialog.getByLabel(words.desk('enrol.person'));
    await who.selectOption({ label: `${now().cast.inspector} · ${words.both('role.inspector')}` });
    await dialog.getByRole('button', { name: words.desk('enrol.create') }).click();
    await expect(dialog.getByRole('timer')).toHaveText(/^1[45]:\d\d$/);
    now().code = await dialog.locator('dd.code').innerText();
    const link = await dialog.locator('dd').nth(1).innerText();
    expect(link).toContain(encodeURIComponent(now().code).slice(0, 4));
    expect(await readQr(dialog.getByRole('img', { name: words.desk('enrol.qr') })), 'the QR says what the link says').toBe(link);
    await dialog.getByRole('button', { name: words.both('action.close') }).last().click();
    await desk.go('dashboard');
  });

  test('a mistyped code is refused in words at once, and a PIN that is guessed first too', async () => {
    const { field, bridge, gate, words, write } = now();
    await field.open(bridge);
    // One character is another one: the check character notices it.
    const wrong = now().code.replace(/[A-Z0-9]/, (first) => (first === 'A' ? 'B' : 'A'));
    await field.code(wrong, gate.url, write.device);
    await expect(field.page.getByRole('alert')).toHaveText(words.field('error.code_malformed'));

    await field.code(now().code, gate.url, write.device);
    await field.pin('123456', words.both('action.continue'));
    await expect(field.page.getByRole('alert')).toHaveText(words.field('enrol.pin.weak'));
    await field.choosePin(PIN, '258037');
    await expect(field.page.getByRole('alert')).toHaveText(words.field('enrol.pin.differs'));
  });

  test('the code enrols the device, and sites and checklists arrive', async () => {
    const { field, words } = now();
    await field.choosePin();
    await field.isOpen();
    await expect(field.badge('delivered')).toBeVisible({ timeout: 60_000 });
    await expect(field.page.getByRole('region', { name: words.field('today.assignments') })).toBeVisible();
  });

  test('the same code does not enrol a second device', async ({ browser }) => {
    const { words, gate, label } = now();
    const other = await Bridge.fresh(`late-${label}`);
    const field = new Field(await (await browser.newContext()).newPage(), words);
    await field.open(other);
    await field.code(now().code, gate.url, 'late');
    await field.choosePin();
    await expect(field.page.getByRole('alert')).toHaveText(words.field('error.code_used'));
    await field.page.context().close();
    await other.stop();
  });

  test('with the network off a wrong PIN is refused and the right one opens Today', async () => {
    const { field, gate, words } = now();
    await gate.close();
    await field.go('settings');
    await field.button(words.field('settings.lock')).click();
    await field.unlock('258037');
    await expect(field.page.getByRole('alert')).toHaveText(words.field('error.wrong_pin'));
    await field.unlock();
    await field.isOpen();
  });
}
