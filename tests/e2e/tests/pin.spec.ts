/** Guessing a PIN gets slower and slower, and neither a new window nor a new process forgives it. Nothing is ever wiped. */
import { Bridge } from '../support/bridge';
import { Field } from '../support/field';
import { expect, test } from '../support/test';

test('after five wrong PINs the keys wait, a new process waits too, and then the right PIN opens', async ({ page, words, label }) => {
  const bridge = await Bridge.enrolled(`pin-${label}`, '李国栋');
  const field = new Field(page, words);
  await field.open(bridge);
  for (const pin of ['100200', '100201', '100202', '100203']) {
    await field.unlock(pin);
    await expect(page.getByRole('alert')).toHaveText(words.field('error.wrong_pin'));
    await expect(field.button('1')).toBeEnabled();
  }
  await field.unlock('100204');
  await expect(page.getByRole('timer')).toBeVisible();
  await expect(field.button('1')).toBeDisabled();

  await bridge.kill();
  await bridge.start();
  await field.open(bridge);
  await expect(page.getByRole('timer')).toBeVisible();
  await expect(field.button('1')).toBeDisabled();

  await expect(field.button('1')).toBeEnabled({ timeout: 45_000 });
  await field.unlock();
  await field.isOpen();
  await bridge.stop();
});
