/** Errors in the user's words: what happened, what is safe, what to do next. Chosen by code only. */
import type { BackendError, ErrorCode } from '$shared/backend';
import { t, type FieldKey } from '../../words';

const WORDS: Record<ErrorCode, FieldKey> = {
  not_enrolled: 'error.not_enrolled',
  locked: 'error.locked',
  wrong_pin: 'error.wrong_pin',
  pin_too_short: 'error.pin_too_short',
  code_expired: 'error.code_expired',
  code_used: 'error.code_used',
  code_unknown: 'error.code_unknown',
  code_malformed: 'error.code_malformed',
  server_unreachable: 'error.server_unreachable',
  captive_portal: 'error.captive_portal',
  certificate: 'error.certificate',
  clock: 'error.clock',
  disk_full: 'error.disk_full',
  newer_database: 'error.newer_database',
  other_instance: 'error.other_instance',
  not_found: 'error.not_found',
  invalid: 'error.invalid',
  not_allowed: 'error.not_allowed',
  already_submitted: 'error.already_submitted',
  needs_upgrade: 'error.needs_upgrade',
  photo_empty: 'error.photo_empty',
  photo_too_large: 'error.photo_too_large',
  checklist_missing: 'error.checklist_missing',
  unsent_work: 'error.unsent_work',
  internal: 'error.internal',
};

/** The words for an error; an unknown code (a newer core) gets the general ones with its message. */
export function errorWords(error: BackendError): string {
  const key = WORDS[error.code] ?? 'error.internal';
  const reason = error.details?.['reason'];
  return t(key, { detail: error.message, reason: typeof reason === 'string' ? reason : error.message });
}
