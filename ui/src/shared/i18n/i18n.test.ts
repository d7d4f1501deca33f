import { afterEach, describe, expect, it } from 'vitest';
import { bytes, day } from './format';
import { locale, text, words } from './i18n.svelte';
import { unitName } from './unit';

afterEach(() => locale.set('zh'));

describe('words', () => {
  const t = words({
    en: { 'photo.count': '{count, plural, one {# photo} other {# photos}}', only_english: 'Only here' },
    zh: { 'photo.count': '{count} 张照片' },
  });

  it('follow the language at once', () => {
    locale.set('zh');
    expect(t('photo.count', { count: 2 })).toBe('2 张照片');
    locale.set('en');
    expect(t('photo.count', { count: 1 })).toBe('1 photo');
    expect(t('photo.count', { count: 2 })).toBe('2 photos');
    expect(document.documentElement.lang).toBe('en-GB');
  });

  it('fall back visibly when a text is missing in the language', () => {
    locale.set('zh');
    expect(t('only_english')).toBe('⟦Only here⟧');
  });

  it('show the key when no language has the text', () => {
    expect(t('nowhere' as 'only_english')).toBe('⟦nowhere⟧');
  });
});

it('a checklist’s text without a translation is shown in the other language, marked', () => {
  locale.set('en');
  expect(text({ zh: '通风', en: '' })).toBe('⟦通风⟧');
  expect(text({ zh: '通风', en: 'Ventilation' })).toBe('Ventilation');
});

it.each([
  ['人/persons', '人', 'persons'],
  ['工作日/working days', '工作日', 'working days'],
  ['吨或万发/t or 10⁴', '吨或万发', 't or 10⁴'],
  ['万t/a (10⁴ t/a)', '万t/a', '10⁴ t/a'],
  ['人/m² (persons/m²)', '人/m²', 'persons/m²'],
  ['mg/m³', 'mg/m³', 'mg/m³'],
  ['mL/(g·min^0.5)', 'mL/(g·min^0.5)', 'mL/(g·min^0.5)'],
  ['%', '%', '%'],
  ['', '', ''],
])('the unit %s is %s in Chinese and %s in English', (unit, zh, en) => {
  locale.set('zh');
  expect(unitName(unit)).toBe(zh);
  locale.set('en');
  expect(unitName(unit)).toBe(en);
});

describe('formats', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1500, '1.5 kB'],
    [9_400_000, '9.4 MB'],
  ])('%d bytes are %s', (value, shown) => {
    locale.set('en');
    expect(bytes(value)).toBe(shown);
  });

  it('leaves what is not a calendar day as it is', () => {
    expect(day('as soon as possible')).toBe('as soon as possible');
    expect(day('2026-11-30')).toContain('30');
  });
});
