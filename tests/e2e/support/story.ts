/** What the long story carries from step to step: one device behind a gate, one supervisor's console, one site. */
import { join } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import { Api, type Place } from './api';
import { Bridge } from './bridge';
import { Desk } from './desk';
import { Field } from './field';
import { Gate } from './gate';
import { Finish } from './finish';
import { Inspection, type Picture, type Wording } from './inspection';
import { photographs } from './pictures';
import { ROOT, SCREENSHOTS, SERVER } from './settings';
import type { Words } from './words';

/** Places and names by project, so that stories that run side by side do not meet. */
const CAST: Record<string, { mine: string; inspector: string; second: string }> = {
  'tablet-zh': { mine: '青石沟煤矿', inspector: '李国栋', second: '王海燕' },
  'tablet-en': { mine: '东坡煤矿', inspector: '李国栋', second: '王海燕' },
  'phone-zh': { mine: '南山煤矿', inspector: '王海燕', second: '李国栋' },
  'phone-en': { mine: '北沟煤矿', inspector: '王海燕', second: '李国栋' },
};

/** Words that the inspector writes, in the language of the project. */
const WRITTEN = {
  zh: {
    device: '矿用平板 3',
    note: '采矿许可证原件已核对，有效期至2029年3月。',
    failed: '甲烷传感器悬挂位置低于顶板冒落处，风筒末端距工作面超过规定距离',
    measure: '当场停止作业，撤出人员，切断电源',
    mark: '传感器在此',
    outside: '主通风机房应急照明不亮',
    outsideMeasure: '已更换灯具，现场试验',
    responsible: '马俊',
    remark: '被检查单位应在期限内完成整改并书面报告。',
    refusal: '认为传感器位置符合要求',
    witness: '石桥镇安全员 陈勇',
    comment: '请补充一张全景照片。',
    grade: '现场停止作业仍可继续生产，按一般隐患处理。',
  },
  en: {
    device: 'Mine tablet 3',
    note: 'Original of the mining licence seen; valid until March 2029.',
    failed: 'Methane sensor hangs below the roof fall; the duct ends too far from the face',
    measure: 'Work stopped at once, people withdrawn, power cut',
    mark: 'sensor hangs here',
    outside: 'Emergency lighting of the main fan house is dead',
    outsideMeasure: 'Lamp replaced and tried on site',
    responsible: 'Ma Jun',
    remark: 'The mine reports in writing when everything is put right.',
    refusal: 'Holds that the sensor hangs where it should',
    witness: 'Chen Yong, safety officer of Shiqiao',
    comment: 'Please add a picture of the whole heading.',
    grade: 'Work can go on after the stop; a general finding.',
  },
} as const;

export type Written = (typeof WRITTEN)[keyof typeof WRITTEN];

export class Story {
  readonly label: string;
  readonly words: Words;
  readonly write: Written;
  readonly cast: { mine: string; inspector: string; second: string };
  readonly gate: Gate;
  readonly bridge: Bridge;
  readonly api: Api;
  readonly mine: Place;
  readonly field: Field;
  readonly desk: Desk;
  readonly sheet: Inspection;
  readonly finish: Finish;
  readonly photos: Picture[];
  /** The code that enrolled the device. */
  code = '';
  /** The inspection under way. */
  inspection = '';

  private constructor(own: Pick<Story, 'label' | 'words' | 'cast' | 'gate' | 'bridge' | 'api' | 'mine' | 'field' | 'desk' | 'sheet' | 'photos'>) {
    Object.assign(this, own);
    this.label = own.label;
    this.words = own.words;
    this.cast = own.cast;
    this.gate = own.gate;
    this.bridge = own.bridge;
    this.api = own.api;
    this.mine = own.mine;
    this.field = own.field;
    this.desk = own.desk;
    this.sheet = own.sheet;
    this.photos = own.photos;
    this.write = WRITTEN[own.words.locale];
    this.finish = new Finish(own.field);
  }

  /** Everything that is there before the story begins: a site, a gate, a device that was never used, two windows. */
  static async begin(browser: Browser, label: string, words: Words): Promise<Story> {
    const cast = CAST[label];
    if (!cast) throw new Error(`nobody is cast for ${label}`);
    const api = await Api.as('admin');
    const mine = await api.mine(cast.mine, ['3301综采工作面', '主通风机房', '中央变电所']);
    const field = new Field(await (await browser.newContext()).newPage(), words);
    const desk = new Desk(await (await browser.newContext()).newPage(), words);
    const sheet = new Inspection(field, await api.items('coal-mines'));
    const [gate, bridge, photos] = [await Gate.before(SERVER), await Bridge.fresh(`story-${label}`), await photographs(browser, 1, 2, 3, 4)];
    return new Story({ label, words, cast, gate, bridge, api, mine, field, desk, sheet, photos });
  }

  async end(): Promise<void> {
    await this.field.page.context().close();
    await this.desk.page.context().close();
    await this.bridge.stop();
    await this.gate.close();
  }

  /** What stands in the finding of the failed item. */
  get failed(): Wording {
    const { write } = this;
    return { description: write.failed, measure: write.measure, responsible: write.responsible, area: '3301综采工作面', days: 7 };
  }

  /** What stands in the finding outside the checklist. */
  get outside(): Wording {
    const { write } = this;
    return { description: write.outside, measure: write.outsideMeasure, responsible: write.responsible, area: '主通风机房', days: 1 };
  }
}

/** Makes a picture of the README anew, when that was asked for. `name` is the file without language. */
export async function picture(page: Page, words: Words, name: string): Promise<void> {
  if (!SCREENSHOTS) return;
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(ROOT, 'docs/images', `${name}-${words.locale}.png`), caret: 'hide', animations: 'disabled' });
}
