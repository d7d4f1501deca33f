/** Verdicts and visibility, for the two forms of condition that the demo checklist uses. Real rules live in the core. */
import type { AnswerValue, Item, Verdict } from '../../generated/core';

const COMPARE = /^value\s*(<=|>=|<|>)\s*([\d.]+)$/;
const ANSWERED = /^a\.(\w+)\s*==\s*"(\w+)"$/;

/** Index of the first limit that a reading breaks, or null. */
export function brokenLimit(item: Item, reading: number): number | null {
  const index = (item.limits ?? []).findIndex((limit) => {
    const parts = COMPARE.exec(limit.pass);
    if (!parts) return false;
    const bound = Number(parts[2]);
    const holds = { '<': reading < bound, '<=': reading <= bound, '>': reading > bound, '>=': reading >= bound };
    return !holds[parts[1] as keyof typeof holds];
  });
  return index < 0 ? null : index;
}

export function verdictOf(item: Item, value: AnswerValue | null, evidence: number): Verdict | null {
  if (value?.type === 'verdict') return value.value;
  const response = item.response ?? { type: 'pass_fail' };
  if (response.type === 'photo' || response.type === 'signature') return evidence > 0 ? 'pass' : null;
  if (!value) return null;
  if (value.type === 'number') return brokenLimit(item, Number(value.value)) === null ? 'pass' : 'fail';
  if (value.type === 'choice' && response.type === 'choice') {
    return response.choices.find((choice) => choice.id === value.value)?.fails ? 'fail' : 'pass';
  }
  return 'pass';
}

/** What conditions read of an item: the choice, else the verdict. */
export function known(value: AnswerValue | null, verdict: Verdict | null): string | null {
  return value?.type === 'choice' ? value.value : verdict;
}

/** Whether a condition holds, given what is known by item id. */
export function holds(condition: string | null | undefined, knows: (item: string) => string | null): boolean {
  const parts = !condition ? null : ANSWERED.exec(condition);
  return parts ? knows(parts[1] ?? '') === parts[2] : true;
}

/** Whether a reading may be taken at all. */
export function accepts(item: Item, value: AnswerValue | null): boolean {
  if (value?.type !== 'number' || !item.accept) return true;
  return brokenLimit({ ...item, limits: [{ pass: item.accept.when, text: item.accept.text }] }, Number(value.value)) === null;
}
