// Values of answers in words. Reads the current language, so a template that calls it follows a switch.

import { common, fmt, text, unitName } from '$shared/i18n';
import type { AnswerValue, Item, Position } from '$shared/generated/core';
import { t } from '../../words';

/** A position as a person reads it: six decimals are about a decimetre. */
export function positionText(position: Position): string {
  const lat = (position.lat_e7 / 1e7).toFixed(6);
  const lon = (position.lon_e7 / 1e7).toFixed(6);
  const spread = position.accuracy_dm === null ? '' : ` ± ${fmt.number(position.accuracy_dm / 10)} m`;
  return `${lat}, ${lon}${spread}`;
}

function choiceText(item: Item | null, id: string): string {
  const response = item?.response;
  const choices = response && (response.type === 'choice' || response.type === 'multi_choice') ? response.choices : [];
  const choice = choices.find((candidate) => candidate.id === id);
  return choice ? text(choice.title) : id;
}

/** A value in words; a value that was taken back says so. */
export function answerText(value: AnswerValue | null, item: Item | null): string {
  if (value === null) return t('answer.taken_back');
  switch (value.type) {
    case 'verdict':
      return common(`verdict.${value.value}`);
    case 'choice':
      return choiceText(item, value.value);
    case 'choices':
      return value.value.map((id) => choiceText(item, id)).join(t('list.separator'));
    case 'number':
      return item?.response?.type === 'number' ? `${value.value} ${unitName(item.response.unit)}` : value.value;
    case 'text':
    case 'code':
      return value.value;
    case 'date_time':
      return fmt.dateTime(value.value);
    case 'location':
      return positionText(value.value);
  }
}

/** Whether the value says more than the verdict mark beside it. */
export function saysMore(value: AnswerValue | null): boolean {
  return value !== null && value.type !== 'verdict';
}
