/**
 * The whole story on one device: a code enrols it, an inspection is made with the network off, the app is killed, the network
 * comes back, the supervisor reviews it, and what was returned is on the inspector's screen again. Its chapters follow each
 * other on the same windows; after a step that failed the rest would only wait in vain.
 */
import type { EnrolmentCode } from '../../../ui/src/shared/generated/console';
import { Bridge } from '../support/bridge';
import { Field } from '../support/field';
import { Story } from '../support/story';
import { expect, test } from '../support/test';
import { delivery } from './story/deliver';
import { enrolment } from './story/enrol';
import { inspecting } from './story/inspect';
import { reviewing } from './story/review';

test.describe.configure({ mode: 'serial' });

let story: Story;
/** A code that nobody uses: it expires while the story goes on. */
let idle: EnrolmentCode;

test.beforeAll(async ({ browser, label, words }) => {
  story = await Story.begin(browser, label, words);
  idle = await story.api.code(story.cast.inspector, 1);
});

test.afterAll(() => story.end());

enrolment(() => story);
inspecting(() => story);
delivery(() => story);
reviewing(() => story);

test('a code that was left lying about has expired', async ({ browser, label, words }) => {
  await expect.poll(() => Date.now(), { timeout: 60_000, intervals: [500] }).toBeGreaterThan(idle.expires);
  const bridge = await Bridge.fresh(`idle-${label}`);
  const field = new Field(await (await browser.newContext()).newPage(), words);
  await field.open(bridge);
  await field.code(idle.code, story.gate.url, 'idle');
  await field.choosePin();
  await expect(field.page.getByRole('alert')).toHaveText(words.field('error.code_expired'));
  await field.page.context().close();
  await bridge.stop();
});
