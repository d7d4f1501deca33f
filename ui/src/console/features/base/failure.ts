// Words for errors. The screen branches on the code; an unknown code is shown with the server's own message.

import { common } from '$shared/i18n';
import type { ApiError } from '../../api/problem';
import { t } from '../../words';

/** What happened, and what to do next. */
export interface FailureWords {
  readonly title: string;
  readonly next: string;
}

/** Words for an error. */
export function failureWords(error: ApiError): FailureWords {
  switch (error.code) {
    case 'offline':
      return { title: t('failure.offline'), next: t('failure.offline.next') };
    case 'not_found':
      return { title: t('failure.not_found'), next: t('failure.not_found.next') };
    case 'not_allowed':
      return { title: t('failure.not_allowed'), next: t('failure.not_allowed.next') };
    case 'stale':
    case 'conflict':
      return { title: t('failure.stale'), next: t('failure.stale.next') };
    case 'csrf':
      return { title: t('failure.csrf'), next: t('failure.csrf.next') };
    case 'throttled':
      return { title: t('failure.throttled'), next: t('failure.throttled.next', { seconds: error.details?.retry_after_seconds ?? 60 }) };
    case 'invalid':
      return { title: t('failure.invalid'), next: error.details?.reason ?? error.message };
    case 'server_error':
    case 'internal':
      return { title: t('failure.server'), next: t('failure.server.next') };
    default:
      return { title: t('failure.other'), next: `${error.message} (${error.code}) ${common('action.retry')}` };
  }
}
