/** The last screen of an inspection: signatures drawn on glass, a refusal, submitting. */
import { expect, type Locator } from '@playwright/test';
import type { SignerRole } from '../../../ui/src/shared/generated/core';
import type { Field } from './field';

export class Finish {
  #field: Field;

  constructor(field: Field) {
    this.#field = field;
  }

  get #dialog(): Locator {
    return this.#field.page.getByRole('dialog');
  }

  /** Draws a line like a signature on the open sheet. */
  async draw(): Promise<void> {
    const { page } = this.#field;
    const sheet = this.#dialog.locator('canvas');
    await sheet.scrollIntoViewIfNeeded();
    const box = await sheet.boundingBox();
    if (!box) throw new Error('there is no sheet to sign on');
    const at = (x: number, y: number) => [box.x + box.width * x, box.y + box.height * y] as const;
    await page.mouse.move(...at(0.2, 0.6));
    await page.mouse.down();
    for (let step = 1; step <= 24; step += 1) {
      await page.mouse.move(...at(0.2 + step * 0.022, 0.55 - 0.22 * Math.sin(step * 0.9) * (1 - step / 40)));
    }
    await page.mouse.up();
  }

  /** Somebody signs. */
  async sign(role: SignerRole, name: string, duty = ''): Promise<void> {
    const { field, both } = this.#field.words;
    await this.#field.button(field('sign.title', { role: both(`signer.${role}`) })).click();
    const input = this.#dialog.getByLabel(field('sign.name'));
    if (role === 'site_representative') {
      await input.fill(name);
      await this.#dialog.getByLabel(field('sign.duty')).fill(duty);
    }
    await expect(input).toHaveValue(name);
    await this.draw();
    await this.#dialog.getByRole('button', { name: field('sign.submit') }).click();
    await expect(this.#dialog).toBeHidden();
    await expect(this.#field.page.getByRole('img', { name: field('sign.image', { name }) })).toBeVisible();
  }

  /** The site's representative refuses; somebody has seen it. */
  async refuse(reason: string, witness: string): Promise<void> {
    const { field, both } = this.#field.words;
    await this.#field.button(field('refuse.title')).click();
    await this.#dialog.getByLabel(field('refuse.reason')).fill(reason);
    await this.#dialog.getByLabel(both('signer.witness')).fill(witness);
    await this.#dialog.getByRole('button', { name: field('refuse.submit') }).click();
    await expect(this.#field.page.getByText(field('refuse.done', { reason, witness }))).toBeVisible();
  }

  async submit(): Promise<void> {
    const { field } = this.#field.words;
    await this.#field.button(field('finish.submit')).click();
    await expect(this.#field.page.getByText(field('finish.submitted'), { exact: true })).toBeVisible();
  }
}
