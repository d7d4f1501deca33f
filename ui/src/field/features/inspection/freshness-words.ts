/** The state of a reading in words. */
import { fmt } from '$shared/i18n';
import { t } from '../../words';
import { timeLeft, type Freshness } from './freshness';

export function freshnessWords(fresh: Freshness): string {
  switch (fresh.state) {
    case 'missing':
      return t('fresh.missing');
    case 'outside':
      return t('fresh.outside');
    case 'over':
      return t('fresh.over', { time: fmt.timeOfDay(fresh.until) });
    case 'good': {
      const left = timeLeft(fresh.left);
      const words = 'minutes' in left ? t('fresh.minutes', { count: left.minutes }) : t('fresh.seconds', { count: left.seconds });
      return t('fresh.good', { time: fmt.timeOfDay(fresh.until), left: words });
    }
  }
}
