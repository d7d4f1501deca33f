/**
 * Five trades that have little in common, each on the device with the checklist that ships for it: a reading that judges
 * itself, a question, a thing of which there are several. What fails opens its finding with the grade that the item suggests.
 */
import type { Checklist } from '../../../ui/src/shared/generated/core';
import { Api } from '../support/api';
import { Bridge } from '../support/bridge';
import { Field } from '../support/field';
import { Inspection } from '../support/inspection';
import { picture } from '../support/story';
import { expect, test } from '../support/test';

type Step = { choose: string; choice: string } | { read: string; value: string };

type Trade = {
  checklist: string;
  site: { zh: string; en: string };
  /** Section of which there are several, and the name of the one that is looked at. */
  group?: { section: string; zh: string; en: string };
  before: Step[];
  /** The item that fails, by a reading or by the button. */
  item: string;
  reading?: string;
  grade: 'general' | 'major';
};

const TRADES: Trade[] = [
  { checklist: 'non-coal-mines', site: { zh: '大旗山铁矿', en: 'Daqishan iron mine' }, before: [], item: 'm_1_1_1_a', reading: '1', grade: 'major' },
  { checklist: 'city-gas', site: { zh: '石桥燃气门站', en: 'Shiqiao gas gate station' }, before: [], item: 'm_8', grade: 'major' },
  {
    checklist: 'confined-space',
    site: { zh: '城东污水泵站', en: 'East sewage pumping station' },
    group: { section: 'space', zh: '2号集水井', en: 'Wet well 2' },
    before: [{ choose: 'space_stage', choice: 'before' }],
    item: 'o2',
    reading: '18.2',
    grade: 'general',
  },
  {
    checklist: 'fishery-ships',
    site: { zh: '临江渔港', en: 'Linjiang fishing port' },
    group: { section: 'ship', zh: '云临渔30128', en: 'Yunlinyu 30128' },
    before: [{ read: 'complement', value: '12' }],
    item: 'm_7_a',
    reading: '14',
    grade: 'major',
  },
  {
    checklist: 'tourism',
    site: { zh: '云岭山景区', en: 'Yunling mountain park' },
    group: { section: 'equipment', zh: '北坡索道', en: 'North slope cableway' },
    before: [{ choose: 'eq_type', choice: 'cableway' }],
    item: 'm_4_8_c',
    grade: 'major',
  },
];

for (const trade of TRADES) {
  test(`${trade.checklist}: what fails opens its finding with the suggested grade`, async ({ page, words, label }) => {
    const api = await Api.as('admin');
    const site = await api.site(words.text(trade.site), trade.checklist, []);
    const checklist = await api.checklist(trade.checklist);
    const bridge = await Bridge.enrolled(`${trade.checklist}-${label}`, '李国栋');
    const field = new Field(page, words);
    await field.open(bridge);
    await field.unlock();
    await field.isOpen();
    await expect(field.badge('delivered')).toBeVisible({ timeout: 60_000 });
    await field.begin(site.name, new RegExp(`^${words.text(checklist.title)}`), '王海燕');
    const sheet = new Inspection(field, await api.items(trade.checklist));
    const at = await group(sheet, checklist, trade);
    for (const step of trade.before) {
      if ('choose' in step) await sheet.choose(step.choose, step.choice, at);
      else await sheet.read(step.read, step.value, at);
    }
    const card = trade.reading === undefined ? await sheet.answer(trade.item, 'fail', at) : await sheet.read(trade.item, trade.reading, at);
    await expect(card.getByRole('radio', { name: words.both(`grade.${trade.grade}`) })).toBeChecked();
    await sheet.clearSearch();
    await sheet.goTo(trade.item, at);
    await picture(page, words, `industry-${trade.checklist}`);
    await page.close();
    await bridge.stop();
  });
}

/** Adds the thing that is looked at; `@…` is what its items' keys end with, nothing without a group. */
async function group(sheet: Inspection, checklist: Checklist, trade: Trade): Promise<string> {
  const section = checklist.sections.find((one) => one.id === trade.group?.section);
  if (!trade.group || !section?.repeat) return '';
  return sheet.add(section, trade.group[sheet.words.locale]);
}
