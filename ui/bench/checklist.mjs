/** A checklist as large as the largest: 1,000 items, twenty of them in a repeat group, with everything that costs time. */

const say = (zh, en) => ({ zh, en });

// A shaft with a winch, 160 × 90 pixels of grey.
const PICTURE =
  'iVBORw0KGgoAAAANSUhEUgAAAKAAAABaCAAAAAAarQKOAAAAfUlEQVR42u3UsQ2AMAwAwQyWSTIJk7AuER2IFBArCJT70oV9ldP28RIgICAgICAgICAgICAgICAgIOAjYA4HCBgH9q8EBAQEBAQEBAQEBAQE/CtwOQQICAgICAgI+AZwDXQXGLkBCAg4Elia7U/qPAEEBAScC3gNEBBwILACTXnNIfBWcfYAAAAASUVORK5CYII=';

function item(section, index, number) {
  const one = {
    id: `i${section}_${index}`,
    text: say(`第 ${number} 项：设备、设施和作业符合要求，瓦斯浓度等参数有记录并经现场核实。`, `Item ${number}: equipment and work are as required, and readings are recorded and checked on site.`),
    areas: [`area_${number % 12}`],
  };
  if (number % 7 === 0) one.grade = 'major';
  if (number % 11 === 0) {
    one.response = { type: 'number', unit: '%', min: '0', max: '100' };
    one.limits = [{ pass: 'value < 1.0', text: say('< 1.0 %', '< 1.0 %'), grade: 'major' }];
  }
  if (number % 50 === 1) one.picture = { media_type: 'image/png', base64: PICTURE };
  // Every twentieth item depends on the first of its section, as in the real packs.
  if (index > 0 && number % 20 === 0) one.when = `a.i${section}_0 != "not_applicable"`;
  return one;
}

/** `sections` × `perSection` items; the last section is a repeat group. */
export function thousandItems(sections = 50, perSection = 20) {
  return {
    schema: 1,
    id: 'bench-thousand',
    version: '1.0.0',
    industry: 'coal-mines',
    title: say('千项检查表', 'A thousand items'),
    summary: say('用于测量速度。', 'For measuring speed.'),
    areas: Array.from({ length: 12 }, (_, index) => ({ id: `area_${index}`, title: say(`第 ${index + 1} 区`, `Area ${index + 1}`) })),
    sections: Array.from({ length: sections }, (_, section) => ({
      id: `s${section}`,
      title: say(`第 ${section + 1} 部分`, `Part ${section + 1}`),
      ...(section === sections - 1 ? { repeat: { title: say('工作面', 'working face') } } : {}),
      items: Array.from({ length: perSection }, (_, index) => item(section, index, section * perSection + index + 1)),
    })),
  };
}
