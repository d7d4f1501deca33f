/** An answer in words, for lists and for contested values. */
import type { AnswerValue, Item } from '$shared/generated/core';
import { common, fmt, text, unitName } from '$shared/i18n';
import { t } from '../../words';
import { responseOf } from './model';
import { describePosition } from '../app/position';

export function describeAnswer(value: AnswerValue | null, item: Item | undefined): string {
  if (value === null) return t('contested.taken_back');
  const response = item ? responseOf(item) : null;
  const choice = (id: string) => {
    const found = response && 'choices' in response ? response.choices.find((one) => one.id === id) : undefined;
    return found ? text(found.title) : id;
  };
  switch (value.type) {
    case 'verdict':
      return common(`verdict.${value.value}`);
    case 'choice':
      return choice(value.value);
    case 'choices':
      return value.value.map(choice).join(' · ');
    case 'number':
      return response?.type === 'number' ? `${value.value} ${unitName(response.unit)}` : value.value;
    case 'date_time':
      return fmt.dateTime(value.value);
    case 'location':
      return describePosition(value.value);
    case 'text':
    case 'code':
      return value.value;
  }
}
