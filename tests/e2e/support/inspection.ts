/** The screen of an inspection: finding an item, answering it, what is attached to it. */
import { expect, type Locator, type Page } from '@playwright/test';
import type { Item, Section, Verdict } from '../../../ui/src/shared/generated/core';
import type { Field } from './field';
import type { Words } from './words';

/** A file for a file field. */
export type Picture = { name: string; mimeType: string; buffer: Buffer };

/** What is written into a finding. */
export type Wording = { description: string; area: string; measure: string; responsible: string; days: number };

export class Inspection {
  readonly page: Page;
  readonly words: Words;
  #field: Field;
  #items: Map<string, Item>;

  constructor(field: Field, items: Map<string, Item>) {
    this.page = field.page;
    this.words = field.words;
    this.#field = field;
    this.#items = items;
  }

  item(id: string): Item {
    const item = this.#items.get(id);
    if (!item) throw new Error(`the checklist has no item ${id}`);
    return item;
  }

  /** The question of an item, as it is on the screen. */
  question(id: string): string {
    return this.words.text(this.item(id).text);
  }

  /**
   * The card of an item, whether it is in the page or not: only what is near the visible part is. `at` is what `add` gave for
   * the thing that the item belongs to.
   */
  card(id: string, at = ''): Locator {
    return this.page.locator(`article[data-key="${id}${at}"]`);
  }

  /** Adds a thing of which the section can have several. Returns what the keys of its items end with. */
  async add(section: Section, name: string): Promise<string> {
    const { field } = this.words;
    const one = this.words.text(section.repeat?.title ?? section.title);
    const nav = this.page.getByRole('navigation', { name: field('inspection.sections') });
    await nav.getByRole('button', { name: this.words.text(section.title), exact: true }).click();
    await this.#field.button(field('repeat.add', { one })).click();
    const dialog = this.page.getByRole('dialog');
    await dialog.getByLabel(field('repeat.name', { one })).fill(name);
    await dialog.getByRole('button', { name: field('repeat.add', { one }), exact: true }).click();
    await expect(dialog).toBeHidden();
    await nav.getByRole('button', { name: new RegExp(`^${name}`) }).click();
    const card = this.page.locator('article[data-key*="@"]').first();
    await expect(card).toBeVisible();
    return /@.*$/.exec((await card.getAttribute('data-key')) ?? '')?.[0] ?? '';
  }

  /** Opens the inspection at an item, as a link to it does. */
  async goTo(id: string, at = ''): Promise<void> {
    const here = new URL(this.page.url()).hash.split('?')[0];
    await this.#field.back();
    await this.page.evaluate((hash) => (location.hash = hash), `${here}?item=${encodeURIComponent(id + at)}`);
    await expect(this.card(id, at)).toBeInViewport();
  }

  /** Types into the search of items; on a phone the field is behind a button. */
  async search(words: string): Promise<void> {
    const name = this.words.field('filter.search');
    const input = this.page.getByRole('searchbox', { name });
    const unfold = this.#field.button(name);
    // A screen that is still opening has neither.
    await expect(input.or(unfold).first()).toBeVisible();
    if (!(await input.isVisible())) await unfold.click();
    await input.fill(words);
  }

  /** Shows all items again and, on a phone, folds the search away. */
  async clearSearch(): Promise<void> {
    await this.search('');
    await this.page.getByRole('searchbox', { name: this.words.field('filter.search') }).blur();
    const fold = this.#field.button(this.words.field('filter.search'));
    if (await fold.isVisible()) await fold.click();
  }

  /** Finds an item by its id, which no other item shares with it as it may share words, and brings its card to the screen. */
  async find(id: string, at = ''): Promise<Locator> {
    await this.search(this.item(id).id);
    await expect(this.card(id, at)).toBeVisible();
    return this.card(id, at);
  }

  /** Answers by one of the large buttons; returns when the app says that it is saved. */
  async answer(id: string, verdict: Verdict, at = ''): Promise<Locator> {
    const card = await this.find(id, at);
    const button = card.getByRole('button', { name: this.words.both(`verdict.${verdict}`), exact: true });
    await button.click();
    await expect(button).toHaveAttribute('aria-pressed', 'true');
    await expect(card.getByRole('status').first()).toHaveText(this.words.field('save.saved'));
    return card;
  }

  /** Chooses one of several. */
  async choose(id: string, choice: string, at = ''): Promise<void> {
    const card = await this.find(id, at);
    const response = this.item(id).response;
    const title = response && 'choices' in response ? response.choices.find((one) => one.id === choice)?.title : undefined;
    if (!title) throw new Error(`${id} has no choice ${choice}`);
    await card.getByRole('radio', { name: this.words.text(title), exact: true }).check();
    await expect(card.getByRole('status').first()).toHaveText(this.words.field('save.saved'));
  }

  /** Enters a reading. */
  async read(id: string, value: string, at = ''): Promise<Locator> {
    const card = await this.find(id, at);
    const input = card.getByRole('textbox').first();
    await input.fill(value);
    await input.press('Enter');
    await expect(card.getByRole('status').first()).toHaveText(this.words.field('save.saved'));
    return card;
  }

  /** Fills in and sends the form of a finding inside something. */
  async raise(inside: Locator, wording: Wording): Promise<void> {
    const { field } = this.words;
    await inside.getByLabel(field('finding.description')).fill(wording.description);
    await inside.getByLabel(field('finding.measure')).fill(wording.measure);
    await inside.getByLabel(field('finding.responsible')).fill(wording.responsible);
    await inside.getByRole('button', { name: wording.area, exact: true }).click();
    await expect(inside.getByLabel(field('finding.area'), { exact: true })).toHaveValue(wording.area);
    const days = inside.getByRole('button', { name: field('finding.deadline.in', { count: wording.days }), exact: true });
    await days.click();
    await inside.getByRole('button', { name: field('finding.raise'), exact: true }).click();
  }

  /** A finding of an item, by its words. */
  finding(description: string): Locator {
    return this.page.getByRole('region', { name: this.words.field('finding.label', { description }) });
  }

  /** Gives files to the first strip of photographs inside something, by its own button; returns when each has its thumbnail. */
  async attach(inside: Locator, files: Picture[]): Promise<void> {
    const thumbs = inside.locator('ul button.thumb img');
    const before = await thumbs.count();
    const chooser = this.page.waitForEvent('filechooser');
    await inside.getByRole('button', { name: new RegExp(`^${this.words.field('photo.file')}`) }).first().click();
    await (await chooser).setFiles(files);
    await this.#shown(thumbs, before + files.length);
  }

  /** Marks the first photograph inside something: an arrow with the finger, words with the keys. The screens close again. */
  async mark(inside: Locator, words: string): Promise<void> {
    const { field } = this.words;
    await inside.locator('ul button.thumb').first().click();
    await this.#field.button(field('photo.mark')).click();
    const sheet = (count: number) => this.page.getByRole('application', { name: field('mark.sheet', { count }), exact: true });
    const box = await sheet(0).boundingBox();
    if (!box) throw new Error('the photograph is not on the screen');
    await this.page.mouse.move(box.x + box.width * 0.3, box.y + box.height * 0.3);
    await this.page.mouse.down();
    await this.page.mouse.move(box.x + box.width * 0.5, box.y + box.height * 0.6, { steps: 4 });
    await this.page.mouse.up();
    await expect(sheet(1)).toBeVisible();
    await this.#field.button(field('mark.text')).click();
    await this.page.getByLabel(field('mark.words'), { exact: true }).fill(words);
    await this.#field.button(field('mark.put')).click();
    await sheet(2).press('ArrowUp');
    for (let open = 2; open > 0; open -= 1) {
      await expect(this.page.locator('dialog[open]')).toHaveCount(open);
      await this.page.keyboard.press('Escape');
    }
    await expect(inside.locator('ul button.thumb').first().locator('svg text')).toHaveText(words);
  }

  /** Takes photographs with the camera in the app. */
  async shoot(id: string, count: number): Promise<void> {
    const { field } = this.words;
    const card = this.card(id);
    const thumbs = card.locator('ul button.thumb img');
    const before = await thumbs.count();
    await card.getByRole('button', { name: new RegExp(`^${field('photo.take')}`) }).first().click();
    const shutter = this.#field.button(field('camera.shutter'));
    for (let taken = 1; taken <= count; taken += 1) {
      await shutter.click();
      await expect(this.page.getByText(field('camera.taken', { count: taken }))).toBeVisible();
    }
    await this.#field.button(field('camera.done')).click();
    await this.#shown(thumbs, before + count);
  }

  /** Thumbnails that the core has made and the browser has drawn. */
  async #shown(thumbs: Locator, count: number): Promise<void> {
    await expect(thumbs).toHaveCount(count);
    const widths = () => thumbs.evaluateAll((all) => all.map((one) => (one as HTMLImageElement).naturalWidth));
    await expect.poll(widths).not.toContain(0);
    for (const width of await widths()) expect(width, 'a thumbnail, not the original').toBeLessThanOrEqual(320);
  }
}
