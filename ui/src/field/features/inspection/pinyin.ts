/** The dictionary of initials: a chunk of its own that is loaded when somebody first searches. */
import { polyphonic } from 'pinyin-pro';
import type { Spell } from './find';

const known = new Map<string, string>();
const HAN = /\p{Script=Han}/u;

/** Initials of a sign's readings; letters and digits stand for themselves, anything else for nothing. */
export const spell: Spell = (sign) => {
  const found = known.get(sign);
  if (found !== undefined) return found;
  const letters = HAN.test(sign) ? initials(sign) : /^[a-z0-9]$/i.test(sign) ? sign.toLowerCase() : '';
  known.set(sign, letters);
  return letters;
};

function initials(sign: string): string {
  const readings = polyphonic(sign, { pattern: 'first', toneType: 'none', type: 'array' }).flat();
  return [...new Set(readings)].join('').toLowerCase();
}
