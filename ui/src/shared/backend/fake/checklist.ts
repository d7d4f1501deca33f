/** A checklist with every response type, a conditional item, limits, a repeat group; and a long one for scrolling. */
import type { Checklist, Item, Section, Text } from '../../generated/core';

const say = (zh: string, en: string): Text => ({ zh, en });
const item = (id: string, zh: string, en: string, rest: Partial<Item> = {}): Item => ({
  id,
  text: say(zh, en),
  response: { type: 'pass_fail' },
  ...rest,
});

const ventilation: Section = {
  id: 'ventilation',
  title: say('通风与瓦斯', 'Ventilation and gas'),
  items: [
    item('fan', '主要通风机运转正常，备用风机能在 10 分钟内启动。', 'The main fan runs normally and the standby fan can be started within 10 minutes.', {
      grade: 'major',
      basis: [{ standard: 'mem-4', clause: '第四条（三）' }],
      confidence: 'read',
      guidance: say('查看风机房运行记录与切换试验记录；现场询问值班人员切换步骤。', 'Look at the fan house log and the switch-over test records; ask the attendant for the steps.'),
      evidence: say('运行记录照片、风机铭牌照片。', 'Photos of the log and of the fan’s plate.'),
    }),
    item('ch4', '采煤工作面回风流中甲烷浓度', 'Methane in the return air of the coal face', {
      response: { type: 'number', unit: '%', min: '0', max: '100' },
      limits: [{ pass: 'value < 1.0', text: say('CH₄ < 1.0 %', 'CH₄ < 1.0 %'), grade: 'major' }],
      grade: 'major',
      basis: [{ standard: 'coal-safety', clause: '第一百七十二条' }],
      confidence: 'topic',
      guidance: say('在回风巷距工作面 10–15 m 处测量，取最大值。', 'Measure 10–15 m from the face in the return airway and take the highest value.'),
    }),
    item('ch4_action', '甲烷超限后已停止作业、撤出人员并切断电源。', 'After the methane limit was exceeded, work stopped, people left and power was cut.', {
      when: 'a.ch4 == "fail"',
      grade: 'major',
      basis: [{ standard: 'coal-safety' }],
      confidence: 'unverified',
    }),
    item('air_doors', '风门完好，两道风门不同时打开。', 'Air doors are sound and two doors are never open at once.', {
      grade: 'general',
      basis: [{ standard: 'coal-safety', clause: '第一百五十五条' }],
      confidence: 'law',
    }),
    item('sensors', '瓦斯传感器按规定位置悬挂并在校验期内。', 'Gas sensors hang where the rules say and are within their calibration period.', {
      grade: 'major',
      confidence: 'unverified',
      basis: [{ standard: 'coal-safety' }],
      camera_only: true,
    }),
  ],
};

const water: Section = {
  id: 'water',
  title: say('防治水', 'Water control'),
  items: [
    item('water_type', '矿井水文地质类型', 'Hydrogeological type of the mine', {
      response: {
        type: 'choice',
        choices: [
          { id: 'simple', title: say('简单', 'Simple') },
          { id: 'medium', title: say('中等', 'Medium') },
          { id: 'complex', title: say('复杂', 'Complex') },
          { id: 'extreme', title: say('极复杂且未设专门机构', 'Very complex and without a dedicated team'), fails: true },
        ],
      },
    }),
    item('pumps', '现场具备的排水设备', 'Drainage equipment present', {
      response: {
        type: 'multi_choice',
        choices: [
          { id: 'working', title: say('工作水泵', 'Working pump') },
          { id: 'standby', title: say('备用水泵', 'Standby pump') },
          { id: 'overhaul', title: say('检修水泵', 'Pump under overhaul') },
        ],
      },
    }),
    item('drill', '探放水设计已审批，现场有专用探水钻机。', 'The probing design is approved and a dedicated drill is on site.', { grade: 'major', confidence: 'read', basis: [{ standard: 'mem-4', clause: '第九条' }] }),
    item('remark', '对防治水工作的说明', 'Remarks on water control', { response: { type: 'text' }, optional: true }),
  ],
};

const face: Section = {
  id: 'face',
  title: say('采掘工作面', 'Working faces'),
  repeat: { title: say('工作面', 'working face') },
  items: [
    item('support', '支护间距和初撑力符合作业规程。', 'Support spacing and setting load follow the work procedure.', { grade: 'general', confidence: 'topic' }),
    item('escape', '两个安全出口畅通。', 'Both ways out are clear.', { grade: 'major', confidence: 'read', basis: [{ standard: 'mem-4', clause: '第六条' }] }),
  ],
};

const record: Section = {
  id: 'record',
  title: say('现场记录', 'On-site record'),
  items: [
    item('entered', '入井时间', 'Time of entering the mine', { response: { type: 'date_time' } }),
    item('place', '检查位置', 'Place of the inspection', { response: { type: 'location' }, optional: true }),
    item('code', '检查点二维码', 'Checkpoint code', { response: { type: 'code' }, optional: true }),
    item('overview', '工作面全景照片', 'Overview photo of the face', { response: { type: 'photo' }, camera_only: false }),
    item('guide', '陪同人员签名', 'Signature of the person accompanying', { response: { type: 'signature' }, optional: true }),
  ],
};

export const demoChecklist: Checklist = {
  schema: 1,
  id: 'coal-mines',
  version: '1.0.0',
  industry: 'coal-mines',
  title: say('煤矿重大事故隐患检查表', 'Coal mine major hazards'),
  summary: say('依据煤矿重大事故隐患判定标准。', 'After the criteria for major hazards in coal mines.'),
  areas: [{ id: 'face', title: say('采煤工作面', 'Coal face') }],
  sections: [ventilation, water, face, record],
  standards: [
    {
      id: 'mem-4',
      title: say('煤矿重大事故隐患判定标准', 'Criteria for major accident hazards in coal mines'),
      number: '应急管理部令第4号',
      issuer: say('应急管理部', 'Ministry of Emergency Management'),
      confidence: 'read',
    },
    {
      id: 'coal-safety',
      title: say('煤矿安全规程', 'Coal mine safety regulations'),
      number: '',
      issuer: say('应急管理部', 'Ministry of Emergency Management'),
      confidence: 'topic',
    },
  ],
};

/** A thousand items in twenty sections. */
export function longChecklist(): Checklist {
  const sections = Array.from({ length: 20 }, (_, section) => ({
    id: `s${section}`,
    title: say(`第 ${section + 1} 部分`, `Part ${section + 1}`),
    items: Array.from({ length: 50 }, (_, index) =>
      item(`i${section}_${index}`, `第 ${section * 50 + index + 1} 项要求在现场得到落实，并有记录。`, `Requirement ${section * 50 + index + 1} is met on site and recorded.`),
    ),
  }));
  return { ...demoChecklist, id: 'long', title: say('千项检查表', 'A thousand items'), sections };
}
