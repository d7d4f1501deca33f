// @ts-check
/**
 * The window under test, by the W3C WebDriver protocol (https://www.w3.org/TR/webdriver2/) as WebKitWebDriver speaks
 * it. Elements are found by the name that assistive technology would say: its label, else its text.
 */
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';

/** How the protocol marks a reference to an element. */
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';
const PATIENCE_MS = 30_000;
const PAUSE_MS = 50;

/** @typedef {{ [ELEMENT]: string }} Reference */

/** Asks until the answer is neither null, false nor a refusal of the driver; says what was waited for when it never is.
 * @template T
 * @param {string} what
 * @param {() => Promise<T>} ask
 * @param {number} [patience] milliseconds
 * @returns {Promise<NonNullable<T>>}
 */
export async function until(what, ask, patience = PATIENCE_MS) {
  const end = Date.now() + patience;
  let last = null;
  for (;;) {
    try {
      const answer = await ask();
      if (answer) return answer;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`waited ${patience / 1000} s for ${what}`, { cause: last });
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/** @returns {Promise<number>} */
async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(null)));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('no free port');
  return address.port;
}

/** Text as an XPath literal, whatever quotes it has.
 * @param {string} text */
function literal(text) {
  return `concat('', ${text.split("'").map((part) => `'${part}'`).join(`, "'", `)})`;
}

export class Browser {
  /** @param {string} base @param {import('node:child_process').ChildProcess} driver */
  constructor(base, driver) {
    this.base = base;
    this.driver = driver;
    this.session = '';
  }

  /** Starts the driver and through it the program.
   * @param {string} binary @param {string[]} args */
  static async open(binary, args) {
    const port = await freePort();
    const env = { ...process.env, TAURI_WEBVIEW_AUTOMATION: 'true', WEBKIT_DISABLE_COMPOSITING_MODE: '1' };
    const driver = spawn('WebKitWebDriver', [`--port=${port}`, '--host=127.0.0.1'], { env, stdio: ['ignore', 'inherit', 'inherit'] });
    const browser = new Browser(`http://127.0.0.1:${port}`, driver);
    try {
      await until('WebKitWebDriver', async () => (await browser.send('GET', '/status')).ready);
      const wanted = { 'webkitgtk:browserOptions': { binary, args } };
      const { sessionId } = await browser.send('POST', '/session', { capabilities: { alwaysMatch: wanted } });
      browser.session = `/session/${sessionId}`;
      return browser;
    } catch (error) {
      driver.kill();
      throw error;
    }
  }

  /** @param {string} method @param {string} path @param {unknown} [body] */
  async send(method, path, body) {
    const init = { method, headers: { 'content-type': 'application/json' }, ...(method === 'GET' ? {} : { body: JSON.stringify(body ?? {}) }) };
    const response = await fetch(this.base + path, init);
    const { value } = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${value?.error}: ${value?.message}`);
    return value;
  }

  /** Ends the session (the program closes) and the driver. */
  async close() {
    const ended = new Promise((resolve) => this.driver.once('exit', resolve));
    await this.send('DELETE', this.session).catch(() => null);
    if (this.driver.exitCode === null && this.driver.kill()) await ended;
  }

  /** All elements of an XPath, inside another element where one is given.
   * @param {string} xpath @param {Reference} [within] @returns {Promise<Reference[]>} */
  all(xpath, within) {
    const scope = within ? `/element/${within[ELEMENT]}` : '';
    return this.send('POST', `${this.session}${scope}/elements`, { using: 'xpath', value: xpath });
  }

  /** Waits for an element. @param {string} xpath @param {Reference} [within] @returns {Promise<Reference>} */
  find(xpath, within) {
    return until(xpath, async () => (await this.all(xpath, within))[0] ?? null);
  }

  /** A button, link or label by its whole name. @param {string} name @param {Reference} [within] */
  named(name, within) {
    const text = literal(name);
    return this.find(`.//*[self::button or self::a or self::label][normalize-space(@aria-label) = ${text} or normalize-space(.) = ${text}]`, within);
  }

  /** A field by its label. @param {string} label @param {Reference} [within] */
  field(label, within) {
    return this.find(`.//*[@id = //label[normalize-space(.) = ${literal(label)}]/@for]`, within);
  }

  /** Presses an element: moved to the middle of the view first, and only once it is enabled and lies still there.
   * @param {Reference} element */
  press(element) {
    const place = `const box = arguments[0].getBoundingClientRect(); const middle = box.top + box.height / 2;
      if (middle < 80 || middle > innerHeight - 160) arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' });
      return [Math.round(arguments[0].getBoundingClientRect().top), Math.round(box.left)].join();`;
    let before = '';
    return until('an element that can be pressed', async () => {
      const now = await this.run(place, [element]);
      const still = now === before;
      before = now;
      if (!still || !(await this.send('GET', `${this.session}/element/${element[ELEMENT]}/enabled`))) return false;
      await this.send('POST', `${this.session}/element/${element[ELEMENT]}/click`);
      return true;
    });
  }

  /** Types text, or names the file of a file field. @param {Reference} element @param {string} text */
  type(element, text) {
    return this.send('POST', `${this.session}/element/${element[ELEMENT]}/value`, { text });
  }

  /** Runs a function's body in the page. @param {string} script @param {unknown[]} [args] */
  run(script, args = []) {
    return this.send('POST', `${this.session}/execute/sync`, { script, args });
  }

  /** Keeps a picture of the page. @param {string} file */
  async picture(file) {
    await writeFile(file, Buffer.from(await this.send('GET', `${this.session}/screenshot`), 'base64'));
  }
}
