/**
 * Units of readings in the language of the screen. A unit that is a word is written for both: `人/persons`, or with brackets
 * where a stroke belongs to the unit itself: `人/m² (persons/m²)`. What is only a symbol is the same everywhere.
 */
import { locale } from './i18n.svelte';

const PAIR = /^(\p{Script=Han}+)\/(.+)$/u;
const BRACKETS = /^(.*\p{Script=Han}.*?)\s*\(([^()]+)\)$/u;

export function unitName(unit: string): string {
  const [, zh, en] = BRACKETS.exec(unit) ?? PAIR.exec(unit) ?? [];
  if (zh === undefined || en === undefined) return unit;
  return locale.current === 'zh' ? zh : en;
}
