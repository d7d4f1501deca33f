// @ts-check
/**
 * The story in the real window: unlock → inspect → fail an item with a photograph → synchronise. At the end the server's
 * console API shows the inspection, the finding and the photograph, byte for byte.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Browser, until } from './browser.mjs';
import { Console } from './console.mjs';

/** @param {string} name */
function setting(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; run these tests by cargo xtask webdriver`);
  return value;
}

/** @param {string} path */
const ours = (path) => fileURLToPath(new URL(path, import.meta.url));
const DESCRIPTION = 'Methane sensor hangs below the roof fall; work stopped (窗口测试)';
const photo = ours('photo.jpg');

/** @type {Browser} */
let browser;
/** @type {Record<string, string>} */
let words;

/** Words of the page by their key. @param {string} key @param {Record<string, string>} [values] */
function t(key, values = {}) {
  const message = words[key];
  if (message === undefined) throw new Error(`the page has no word ${key}`);
  return message.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '');
}

/** Whether a step has failed: the ones after it would only wait in vain. */
let broken = false;

/** Runs a step of the story; when it fails, leaves a picture. @param {string} name @param {() => Promise<void>} work */
function step(name, work) {
  test(name, { timeout: 180_000 }, async () => {
    assert.ok(!broken, 'an earlier step failed');
    try {
      await work();
    } catch (error) {
      broken = true;
      const file = join(setting('DAVY_FOLDER'), `${name.replace(/\W+/g, '-')}.png`);
      await browser.picture(file).then(() => console.error(`picture of the window: ${file}`), () => null);
      throw error;
    }
  });
}

before(async () => {
  const files = ['../../ui/src/shared/i18n/common.en.json', '../../ui/src/field/words/en.json'];
  words = Object.assign({}, ...(await Promise.all(files.map(async (file) => JSON.parse(await readFile(ours(file), 'utf8'))))));
  browser = await Browser.open(setting('DAVY_WINDOW'), ['--data', setting('DAVY_DEVICE')]);
});

after(() => browser?.close());

step('the PIN opens the enrolled device', async () => {
  await browser.find('//main');
  await browser.run("window.beforeReload = true; localStorage.setItem('davy.locale', 'en'); location.reload();");
  await until('the page in English', () => browser.run("return !window.beforeReload && document.querySelector('main') && document.documentElement.lang.startsWith('en')"));
  const pin = await browser.field(t('unlock.pin'));
  await browser.type(pin, setting('DAVY_PIN'));
  await browser.press(await browser.named(t('unlock.submit')));
  await browser.named(t('today.new'));
});

step('the page cannot reach beyond its permissions', async () => {
  const refused = await browser.run(`
    const tries = ['plugin:fs|read_text_file', 'plugin:shell|execute', 'plugin:window|create', 'plugin:event|emit'];
    const call = (name) => window.__TAURI_INTERNALS__.invoke(name, {}).then(() => name, () => null);
    return Promise.all(tries.map(call)).then((done) => done.filter((name) => name !== null));
  `);
  assert.deepEqual(refused, [], 'these calls were not refused');
  const outside = await browser.run("return fetch('http://127.0.0.1:9/').then(() => 'sent', (error) => error.name)");
  assert.equal(outside, 'TypeError', 'the policy lets the page call other addresses');
});

step('a failed item gets a finding and a photograph that is shown at once', async () => {
  await browser.press(await browser.named(t('today.new')));
  await browser.press(await browser.find("//main//button[starts-with(@aria-label, 'Site: ')]"));
  await browser.press(await browser.find("//input[@type = 'radio' and @name = 'checklist' and not(@disabled)]/ancestor::label"));
  await browser.press(await browser.named(t('new.start')));

  // Only what is near the visible part of a long list is in the page.
  await browser.press(await browser.find(`//button[starts-with(normalize-space(.), '${t('filter.major')}')]`));
  const item = await browser.find(`//article[.//button[normalize-space(.) = '${t('verdict.fail')}'] and .//button[starts-with(@aria-label, '${t('photo.file')}')]]`);
  await browser.press(await browser.named(t('verdict.fail'), item));
  const form = await browser.find('.//form', item);
  await browser.press(await browser.named(t('grade.general'), form));
  await browser.type(await browser.field(t('finding.description'), form), DESCRIPTION);
  await browser.press(await browser.named(t('finding.raise'), form));
  await browser.find('.//section[@class and contains(@aria-label, "Methane sensor")]', item);

  await browser.type(await browser.find(".//input[@type = 'file' and not(@capture)]", item), photo);
  const width = "const image = document.querySelector('article ul li button img'); return image?.complete ? image.naturalWidth : 0;";
  const shown = await until('the thumbnail', () => browser.run(width));
  assert.ok(shown <= 320, `the thumbnail is ${shown} px wide`);
  const address = await browser.run("return document.querySelector('article ul li button img').src");
  assert.match(address, /^davy-photo:\/\/localhost\/[0-9a-f]{64}$/);
});

step('everything is delivered and the window says so', async () => {
  await browser.press(await browser.find("//nav//a[@href = '#/sync']"));
  await browser.press(await browser.named(t('sync.now')));
  await browser.find(`//*[starts-with(@aria-label, 'Sync: ${t('badge.delivered')}')]`);
});

step('the server has the inspection, the finding and the photograph byte for byte', async () => {
  /** @type {{ logins: { login: string, password: string, role: string }[] }} */
  const organisation = JSON.parse(setting('DAVY_ORGANISATION'));
  const login = organisation.logins.find((one) => one.role === 'supervisor');
  assert.ok(login, 'the demo organisation has a supervisor');
  const desk = await Console.signIn(setting('DAVY_CONSOLE'), login.login, login.password);

  const finding = await until('the finding at the server', async () => {
    const { rows } = await desk.read(`/api/findings?q=${encodeURIComponent('窗口测试')}`);
    return rows.find((/** @type {any} */ row) => row.description === DESCRIPTION);
  });
  assert.equal(finding.grade, 'general');
  const page = await desk.read(`/api/inspections/${finding.inspection}`);
  assert.equal(page.view.summary.failed, 1);
  assert.ok(page.seals.length > 0 && page.seals.every((/** @type {any} */ seal) => seal.state === 'verified'), 'every event is under a verified seal');

  const original = await readFile(photo);
  const sha256 = createHash('sha256').update(original).digest('hex');
  const arrived = await until('the photograph at the server', async () => desk.bytes(`/api/blobs/${sha256}`));
  assert.ok(arrived.equals(original), 'the original arrived byte for byte');
});
