/**
 * How long from a tap to the painted answer, in the real app: browser, bridge, core, disk. Run by hand, on an idle machine:
 *
 *   cargo build -p davy-cli -p davy-server && npm run build:field && npm run bench:answer
 *
 * `DAVY_INSTANCES` (100) says how often the repeat group of 20 items is there, `DAVY_ANSWERS` (60) how many are timed.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { install, line } from './measure.mjs';
import { PIN, ROOT, world } from './world.mjs';

const { chromium } = createRequire(join(ROOT, 'tests/e2e/package.json'))('@playwright/test');
const INSTANCES = Number(process.env.DAVY_INSTANCES ?? 100);
const ANSWERS = Number(process.env.DAVY_ANSWERS ?? 60);
let base = '';
const say = (text) => process.stdout.write(`${text}\n`);

async function main() {
  const { address, end } = await world();
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => (end(), process.exit(1)));
  const browser = await chromium.launch({ executablePath: process.env.DAVY_CHROMIUM, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.addInitScript(install);
    await page.addInitScript(() => localStorage.setItem('davy.locale', 'zh'));
    await page.goto(address);
    base = new URL(page.url()).origin;
    const id = await prepare(page);
    await measureOpening(page, id);
    await measureAnswers(page, '');
    await page.getByRole('button', { name: /^待检查/ }).click();
    await measureAnswers(page, ', "unanswered" shown');
    await page.getByRole('button', { name: /^全部/ }).click();
    await page.getByText('按部位').click();
    await measureAnswers(page, ', by area');
    await page.getByText('按分部').click();
    await measureScroll(page);
    await measureSearch(page);
  } finally {
    await browser.close();
    end();
  }
}

/** Unlocks, starts an inspection by the large checklist and adds the instances; returns its id. */
async function prepare(page) {
  return page.evaluate(async ({ pin, instances }) => {
    const call = async (name, request) => {
      const response = await fetch(`/command/${name}`, { method: 'POST', headers: { 'x-davy-bridge': '1', 'content-type': 'application/json' }, body: JSON.stringify(request) });
      const body = await response.json();
      if (!response.ok) throw new Error(`${name}: ${JSON.stringify(body)}`);
      return body;
    };
    await call('unlock', { pin });
    for (let tries = 0; ; tries += 1) {
      await call('sync_now', {});
      const [site] = (await call('list_sites', { query: null })).filter((one) => one.industry === 'coal-mines');
      const card = site && (await call('site_page', { site: site.id })).checklists.find((one) => one.id === 'bench-thousand' && one.here);
      if (card) {
        const started = await call('start_inspection', { site: site.id, checklist: card.id, kind: 'patrol', assignment: null, second_inspector: null });
        for (let index = 1; index <= instances; index += 1) await call('add_instance', { inspection: started.id, section: 's49', label: `${3300 + index}` });
        return started.id;
      }
      if (tries > 60) throw new Error('the checklist did not arrive');
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }, { pin: PIN, instances: INSTANCES });
}

async function measureOpening(page, id) {
  await page.goto('about:blank');
  await page.goto(`${base}/#/inspections/${id}`);
  await page.waitForSelector('article[data-key]');
  const [resource] = await page.evaluate(() => performance.getEntriesByType('resource').filter((one) => one.name.endsWith('open_inspection')).map((one) => [one.startTime, one.responseEnd, one.decodedBodySize]));
  const shown = await page.evaluate(() => window.bench.painted());
  const rows = await page.evaluate(() => document.querySelectorAll('article[data-key]').length);
  say(`open_inspection ${(resource[1] - resource[0]).toFixed(0)} ms for ${(resource[2] / 1e6).toFixed(2)} MB; painted by ${shown.toFixed(0)} ms after the address; ${rows} of its items in the page`);
}

/** Goes from open item to open item as a person does, and answers those that are pass/fail. */
async function measureAnswers(page, how) {
  const pressed = [];
  const saved = [];
  const jumps = [];
  await page.evaluate(() => performance.clearResourceTimings());
  await page.evaluate(() => performance.setResourceTimingBufferSize(5000));
  while (pressed.length < ANSWERS) {
    const before = await page.evaluate(() => document.activeElement?.closest('[data-key]')?.dataset.key ?? null);
    const jump = page.evaluate((old) => new Promise((resolve) => {
      addEventListener('click', async (event) => {
        const begun = event.timeStamp;
        const here = () => document.activeElement?.closest('[data-key]')?.dataset.key ?? null;
        while (here() === null || here() === old) await window.bench.painted();
        resolve({ key: here(), ms: (await window.bench.painted()) - begun });
      }, { once: true, capture: true });
    }), before);
    await page.getByRole('button', { name: '下一个待检查项' }).click();
    const { key, ms } = await jump;
    jumps.push(ms);
    const card = page.locator(`article[data-key="${key}"]`).first();
    const pass = card.getByRole('button', { name: '合格', exact: true });
    const target = (await pass.count()) > 0 ? pass : card.getByRole('button', { name: '未检查' });
    const answer = page.evaluate(([one, words]) => window.bench.answer(one, words), [key, '已保存']);
    await target.click();
    const times = await answer;
    pressed.push(times.pressed);
    saved.push(times.saved);
  }
  const core = await page.evaluate(() => performance.getEntriesByType('resource').filter((one) => one.name.endsWith('/command/record_answer')).map((one) => [one.responseEnd - one.requestStart, one.decodedBodySize]));
  say(line(`tap → answer painted${how}`, pressed));
  say(line(`tap → "saved" painted${how}`, saved));
  say(line('  of it record_answer (bridge, core, disk)', core.map((one) => one[0])));
  say(line(`"next unanswered" → item painted${how}`, jumps));
  say(`  an answer's reply: ${(core.reduce((sum, one) => sum + one[1], 0) / core.length / 1000).toFixed(1)} kB`);
}

/** Turns the wheel from the top of the list down, as fast as a finger flings it. */
async function measureScroll(page) {
  const list = page.getByRole('region', { name: '检查项' });
  await list.evaluate((one) => one.scrollTo(0, 0));
  const box = await list.boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.evaluate(() => window.bench.watchFrames());
  for (let turn = 0; turn < 150; turn += 1) {
    await page.mouse.wheel(0, 300);
    await page.waitForTimeout(16);
  }
  const frames = await page.evaluate(() => window.bench.frames());
  const dropped = frames.reduce((sum, ms) => sum + Math.max(0, Math.round(ms / 16.67) - 1), 0);
  const way = await list.evaluate((one) => one.scrollTop);
  say(line('a frame while scrolling', frames));
  say(`  ${dropped} of ${frames.length + dropped} frames dropped over ${way.toFixed(0)} px`);
}

/** Types initials; the dictionary is loaded and the items are spelled meanwhile. */
async function measureSearch(page) {
  const box = page.getByRole('searchbox');
  await page.evaluate(() => window.bench.watchFrames());
  const begun = Date.now();
  await box.click();
  await page.keyboard.type('wsnd', { delay: 60 });
  await page.getByRole('status').filter({ hasText: /找到 \d/ }).waitFor();
  const found = Date.now() - begun;
  await page.waitForTimeout(500);
  const frames = await page.evaluate(() => window.bench.frames());
  say(line('a frame while searching "wsnd"', frames));
  say(`  first hits ${found} ms after the field was touched, typing of 4 letters included: ${await page.getByRole('status').filter({ hasText: /找到/ }).innerText()}`);
}

await main();
