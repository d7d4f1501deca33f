/** A checklist with what a big one has besides questions: words to read, a picture, readings that go out of date, choices that depend. */
import type { Checklist, Item, Section, Standard, Text } from '../../generated/core';

const say = (zh: string, en: string): Text => ({ zh, en });
const item = (id: string, zh: string, en: string, rest: Partial<Item> = {}): Item => ({ id, text: say(zh, en), response: { type: 'pass_fail' }, ...rest });

// A shaft with a winch, 160 × 90 pixels of grey: enough to see where a picture stands.
const PICTURE =
  'iVBORw0KGgoAAAANSUhEUgAAAKAAAABaCAAAAAAarQKOAAAAfUlEQVR42u3UsQ2AMAwAwQyWSTIJk7AuER2IFBArCJT70oV9ldP28RIgICAgICAgICAgICAgICAgIOAjYA4HCBgH9q8EBAQEBAQEBAQEBAQE/CtwOQQICAgICAgI+AZwDXQXGLkBCAg4Elia7U/qPAEEBAScC3gNEBBwILACTXnNIfBWcfYAAAAASUVORK5CYII=';

const reading = (id: string, zh: string, en: string, unit: string, limits: [string, string][], rest: Partial<Item> = {}): Item =>
  item(id, zh, en, {
    response: { type: 'number', unit, min: '0', max: '1000' },
    limits: limits.map(([pass, words]) => ({ pass, text: say(words, words) })),
    valid_minutes: 30,
    areas: ['opening'],
    basis: [{ standard: 'gb-30871', clause: '6.3' }],
    confidence: 'read',
    ...rest,
  });

const before: Section = {
  id: 'before',
  title: say('作业前', 'Before the work'),
  items: [
    item('rule', '先通风、再检测、后作业。未经通风和检测，任何人不得进入。', 'Ventilate first, then test, then work. Nobody enters before.', { response: { type: 'note' }, picture: { media_type: 'image/png', base64: PICTURE } }),
    item('space', '有限空间的类型', 'Type of the confined space', {
      response: {
        type: 'choice',
        choices: [
          { id: 'sewer', title: say('地下管道、检查井', 'Sewer or manhole') },
          { id: 'tank', title: say('储罐、容器', 'Tank or vessel') },
        ],
      },
    }),
    item('source', '可能的有害气体来源', 'Likely source of gas', {
      response: {
        type: 'multi_choice',
        choices: [
          { id: 'sludge', title: say('污泥发酵', 'Fermenting sludge'), when: 'a.space == "sewer"' },
          { id: 'residue', title: say('罐内残留物', 'Residues in the tank'), when: 'a.space == "tank"' },
        ],
      },
    }),
    item('permit', '作业票已审批，内容与现场一致。', 'The permit is approved and fits what is on site.', { grade: 'major', areas: ['office'], basis: [{ standard: 'gb-30871', clause: '6.1' }], confidence: 'read', picture: { media_type: 'image/png', base64: PICTURE } }),
    item('isolation', '与有限空间相连的管道已加盲板或拆除隔断。', 'Pipes that lead into the space are blanked off or disconnected.', { areas: ['opening'], basis: [{ standard: 'gb-30871', clause: '6.2' }], confidence: 'topic' }),
    item('rescue', '应急救援器材在现场且完好。', 'Rescue equipment is on site and sound.', { areas: ['opening', 'office'], confidence: 'unverified' }),
    item('guardian', '监护人在岗，不做其他工作。', 'The attendant is at the opening and does nothing else.', { grade: 'major', areas: ['opening'] }),
  ],
};

const readings: Section = {
  id: 'gas',
  title: say('气体检测', 'Gas readings'),
  items: [
    reading('o2', '氧气浓度', 'Oxygen', '%', [['value >= 19.5', 'O₂ ≥ 19.5 %'], ['value <= 23.5', 'O₂ ≤ 23.5 %']], {
      accept: { when: 'value <= 30', text: say('氧气浓度一般不会高于 30 %，请核对仪器', 'Oxygen is hardly ever above 30 %; check the instrument') },
    }),
    reading('lel', '可燃气体浓度', 'Flammable gas', '%LEL', [['value < 10', '< 10 %LEL']]),
    reading('h2s', '硫化氢浓度', 'Hydrogen sulphide', 'mg/m³', [['value <= 10', 'H₂S ≤ 10 mg/m³']]),
    item('enter', '检测合格，可以进入。', 'The readings are in order; people may enter.', { grade: 'major', needs_fresh: ['o2', 'lel', 'h2s'], areas: ['opening'], basis: [{ standard: 'gb-30871', clause: '6.3' }], confidence: 'read' }),
    item('ch4_long', '瓦斯浓度连续监测装置正常。', 'Continuous gas monitoring works.', { areas: ['opening'] }),
  ],
};

const standard: Standard = {
  id: 'gb-30871',
  title: say('危险化学品企业特殊作业安全规范', 'Safety specification of special works in hazardous chemicals enterprises'),
  number: 'GB 30871-2022',
  issuer: say('国家市场监督管理总局', 'State Administration for Market Regulation'),
  effective_from: '2022-10-01',
  confidence: 'read',
};

export const confinedChecklist: Checklist = {
  schema: 1,
  id: 'confined-space',
  version: '1.0.0',
  industry: 'confined-space',
  title: say('有限空间作业检查表', 'Work in confined spaces'),
  summary: say('先通风、再检测、后作业。', 'Ventilate, test, work.'),
  areas: [
    { id: 'opening', title: say('作业口', 'Opening') },
    { id: 'office', title: say('值班室', 'Duty room') },
  ],
  sections: [before, readings],
  standards: [standard],
  clauses: [
    { standard: 'gb-30871', clause: '6.1', fact: say('进入有限空间须办理作业票，票与现场一致。', 'Entry needs a permit that fits what is on site.'), confidence: 'read' },
    { standard: 'gb-30871', clause: '6.2', fact: say('与有限空间连通的管道须隔断。', 'Pipes that lead into the space are isolated.'), confidence: 'topic' },
    { standard: 'gb-30871', clause: '6.3', criterion: true, fact: say('进入前 30 min 内检测；氧气 19.5 %–23.5 %，可燃气体小于 10 %LEL。', 'Test within 30 min before entry; oxygen 19.5 %–23.5 %, flammable gas below 10 %LEL.'), confidence: 'read' },
  ],
};
