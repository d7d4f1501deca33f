// Words for errors. The screen branches on the code; an unknown code is shown with the server's own message.

import { common, unitName } from '$shared/i18n';
import type { ApiError } from '../../api/problem';
import { t, type ConsoleKey } from '../../words';

/** What happened, and what to do next. */
export interface FailureWords {
  readonly title: string;
  readonly next: string;
}

/** Reasons behind `invalid`, by the server's code. */
const REASONS: Record<string, ConsoleKey> = {
  empty: 'reason.empty',
  too_long: 'reason.too_long',
  too_short: 'reason.too_short',
  too_many: 'reason.too_many',
  out_of_bounds: 'reason.out_of_bounds',
  not_a_day: 'reason.not_a_day',
  not_among: 'reason.not_among',
  unknown: 'reason.unknown',
  taken: 'reason.taken',
  login_form: 'reason.login_form',
  needs_login: 'reason.needs_login',
  not_published: 'reason.not_published',
  lower_grade: 'reason.lower_grade',
  nothing_to_redo: 'reason.nothing_to_redo',
  not_a_place: 'reason.not_a_place',
  other_content: 'reason.other_content',
  other_size: 'reason.other_size',
  file_kind: 'reason.file_kind',
  faulty: 'reason.faulty',
  misfit: 'reason.misfit',
  out_of_range: 'reason.out_of_range',
  not_in_checklist: 'reason.not_in_checklist',
};

/** Why a field does not fit; a reason of a newer server is shown in its own words. */
export function reasonWords(error: ApiError): string {
  const key = REASONS[error.details?.reason ?? ''];
  if (key === undefined) return error.message;
  const values = error.details?.values ?? {};
  return t(key, 'unit' in values ? { ...values, unit: unitName(String(values['unit'])) } : values);
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
      return { title: t('failure.invalid'), next: reasonWords(error) };
    case 'checklist_missing':
      return { title: t('failure.no_checklist'), next: t('failure.no_checklist.next') };
    case 'server_full':
      return { title: t('failure.full'), next: t('failure.full.next') };
    case 'too_large':
      return { title: t('failure.too_large'), next: t('failure.too_large.next') };
    case 'cut':
      return { title: t('failure.cut'), next: t('failure.cut.next') };
    case 'stopping':
      return { title: t('failure.stopping'), next: t('failure.stopping.next') };
    case 'server_error':
    case 'internal':
      return { title: t('failure.server'), next: t('failure.server.next') };
    default:
      return { title: t('failure.other'), next: `${error.message} (${error.code}) ${common('action.retry')}` };
  }
}
