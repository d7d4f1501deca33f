import { describe, expect, it } from 'vitest';
import type { Checklist, Item, Standard } from '$shared/generated/core';
import { entryOf, initialsOf, matchesInitials, matchesWords, spellAll, wordsOf, type Entry } from './find';
import { Finder } from './finder.svelte';
import { indexChecklist } from './model';
import { spell } from './pinyin';

const gas: Item = { id: 'ch4', text: { zh: '采煤工作面瓦斯浓度（CH4）', en: 'Methane at the coal face' }, basis: [{ standard: 'gb', clause: '第一百七十二条' }] };
const standards = new Map([['gb', { id: 'gb', number: 'GB 30871-2022' } as Standard]]);

function finds(query: string, item: Item = gas, note: string | null = null): boolean {
  const entry: Entry = { ...entryOf(item, 7, standards), initials: initialsOf(item.text.zh, spell) };
  return matchesWords(wordsOf(query), entry, note);
}

describe('an item is found', () => {
  it.each([
    ['words in Chinese', '瓦斯浓度'],
    ['words in English, in any case', 'METHANE face'],
    ['the initials of its pinyin', 'wsnd'],
    ['initials in the middle of the question', 'gzmws'],
    ['initials with the letters of a formula', 'ndch4'],
    ['a clause number', '第一百七十二条'],
    ['the number of a standard', '30871'],
    ['its id', 'ch4'],
    ['its number', '#7'],
    ['words and initials together', '采煤 wsnd'],
  ])('by %s', (_name, query) => {
    expect(finds(query)).toBe(true);
  });

  it('by what was noted beside it', () => {
    expect(finds('锈蚀', gas, '叶片锈蚀')).toBe(true);
  });

  it('only when every word is found', () => {
    expect(finds('瓦斯 风机')).toBe(false);
    expect(finds('wsfj')).toBe(false);
  });

  it('not by a single letter as an initial: it would find everything', () => {
    const item: Item = { id: 'n1', text: { zh: '风门', en: 'door' } };
    expect(finds('f', item)).toBe(false);
  });
});

describe('a sign with several readings', () => {
  it.each([
    ['重大', 'zd'],
    ['重复', 'cf'],
    ['重复', 'zf'],
    ['长度', 'cd'],
    ['校长', 'xz'],
    ['调度', 'dd'],
    ['调节', 'tj'],
    ['绿色', 'ls'],
    ['女工', 'ng'],
  ])('in %s is found by %s', (text, typed) => {
    expect(matchesInitials(typed, initialsOf(text, spell))).toBe(true);
  });
});

describe('the spelling', () => {
  const many = (): Entry[] => Array.from({ length: 1000 }, (_, index) => ({ id: `i${index}`, words: '', title: '瓦斯浓度', initials: null }));

  it('gives way whenever its budget is used up, so that no frame waits for it', async () => {
    let now = 0;
    let pauses = 0;
    const slow = (sign: string) => {
      now += 0.25;
      return spell(sign);
    };
    const entries = many();
    const steps = { now: () => now, pause: () => Promise.resolve(void (pauses += 1)), budgetMs: 4 };
    expect(await spellAll(entries, slow, steps, () => false)).toBe(true);
    expect(pauses).toBe(250);
    expect(entries.every((entry) => entry.initials?.join('') === 'wsnd')).toBe(true);
  });

  it('stops when another checklist is opened', async () => {
    const entries = many();
    let now = 0;
    const steps = { now: () => (now += 1), pause: () => Promise.resolve(), budgetMs: 1 };
    expect(await spellAll(entries, spell, steps, () => true)).toBe(false);
    expect(entries.filter((entry) => entry.initials !== null)).toHaveLength(1);
  });
});

describe('the finder', () => {
  const checklist = { sections: [{ id: 's', title: { zh: '', en: '' }, items: [gas] }], areas: [], standards: [] } as unknown as Checklist;

  it('finds words at once and initials as soon as the dictionary is there', async () => {
    const finder = new Finder(() => Promise.resolve(spell));
    finder.use(indexChecklist(checklist), []);
    expect(finder.match('瓦斯')?.(gas, null)).toBe(true);
    expect(finder.match('wsnd')?.(gas, null)).toBe(false);
    await finder.prepare();
    expect(finder.spelled).toBe(1);
    expect(finder.match('wsnd')?.(gas, null)).toBe(true);
  });

  it('goes on finding words when the dictionary cannot be loaded, and tries again', async () => {
    let tries = 0;
    const finder = new Finder(() => (tries++ === 0 ? Promise.reject(new Error('no chunk')) : Promise.resolve(spell)));
    finder.use(indexChecklist(checklist), []);
    await finder.prepare();
    expect(finder.match('瓦斯')?.(gas, null)).toBe(true);
    await finder.prepare();
    expect(finder.match('wsnd')?.(gas, null)).toBe(true);
  });

  it('says "nothing is searched" to an empty query', () => {
    const finder = new Finder(() => Promise.resolve(spell));
    finder.use(indexChecklist(checklist), []);
    expect(finder.match('  ')).toBeNull();
  });
});
