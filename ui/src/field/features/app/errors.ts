/** Errors in the user's words: what happened, what is safe, what to do next. Chosen by code only. */
import type { BackendError, ErrorCode } from '$shared/backend';
import { text, unitName } from '$shared/i18n';
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
  stale_reading: 'error.stale_reading',
  nothing_open: 'error.nothing_open',
  needs_upgrade: 'error.needs_upgrade',
  photo_empty: 'error.photo_empty',
  photo_too_large: 'error.photo_too_large',
  checklist_missing: 'error.checklist_missing',
  unsent_work: 'error.unsent_work',
  internal: 'error.internal',
};

/** Reasons behind `invalid` and `not_allowed`, by the core's code. */
const REASONS: Record<string, FieldKey> = {
  empty: 'reason.empty',
  too_long: 'reason.too_long',
  not_a_day: 'reason.not_a_day',
  misfit: 'reason.misfit',
  out_of_range: 'reason.out_of_range',
  not_in_checklist: 'reason.not_in_checklist',
  not_accepted: 'reason.not_accepted',
  other_site: 'reason.other_site',
  bad_drawing: 'reason.bad_drawing',
  address: 'reason.address',
  enrolled: 'reason.enrolled',
  values_agree: 'reason.values_agree',
  signature_missing: 'reason.signature_missing',
  graded: 'reason.graded',
  withdrawn: 'reason.withdrawn',
  not_in_use: 'reason.not_in_use',
  too_many: 'reason.too_many',
  camera_only: 'reason.camera_only',
  request: 'reason.request',
};

/** The words for an error; an unknown code (a newer core) gets the general ones with its message. */
export function errorWords(error: BackendError): string {
  const key = WORDS[error.code] ?? 'error.internal';
  return t(key, { detail: error.message, reason: reasonWords(error) });
}

function reasonWords(error: BackendError): string {
  const code = error.details?.['reason'];
  const key = typeof code === 'string' ? REASONS[code] : undefined;
  if (key === undefined) return error.message;
  const values = Object.fromEntries(Object.entries(error.details?.['values'] ?? {}).map(([name, value]) => [name, String(value)]));
  if (values['unit'] !== undefined) values['unit'] = unitName(values['unit']);
  // What a checklist expects comes in both languages.
  const { zh, en } = values;
  return t(key, zh === undefined || en === undefined ? values : { ...values, expected: text({ zh, en }) });
}
