/** A command that failed. Screens branch on `code` only; `message` is for support. */

export type ErrorCode =
  | 'not_enrolled'
  | 'locked'
  | 'wrong_pin'
  | 'pin_too_short'
  | 'code_expired'
  | 'code_used'
  | 'code_unknown'
  | 'code_malformed'
  | 'server_unreachable'
  | 'captive_portal'
  | 'certificate'
  | 'clock'
  | 'disk_full'
  | 'newer_database'
  | 'other_instance'
  | 'not_found'
  | 'invalid'
  | 'not_allowed'
  | 'already_submitted'
  | 'stale_reading'
  | 'nothing_open'
  | 'needs_upgrade'
  | 'photo_empty'
  | 'photo_too_large'
  | 'checklist_missing'
  | 'unsent_work'
  | 'internal';

export class BackendError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>> | null;

  constructor(code: ErrorCode, message: string, details: Record<string, unknown> | null = null) {
    super(message);
    this.name = 'BackendError';
    this.code = code;
    this.details = details;
  }

  /** Seconds to wait before the next PIN is looked at, as `wrong_pin` says; 0 when it does not. */
  get waitSeconds(): number {
    const value = this.details?.['wait_seconds'];
    return typeof value === 'number' ? value : 0;
  }
}

/** Turns whatever was thrown into a BackendError; what has no code of ours becomes `internal`. */
export function toBackendError(thrown: unknown): BackendError {
  if (thrown instanceof BackendError) return thrown;
  if (typeof thrown === 'object' && thrown !== null && 'code' in thrown && typeof thrown.code === 'string') {
    const message = 'message' in thrown && typeof thrown.message === 'string' ? thrown.message : thrown.code;
    const details = 'details' in thrown && typeof thrown.details === 'object' ? thrown.details : null;
    return new BackendError(thrown.code as ErrorCode, message, details as Record<string, unknown> | null);
  }
  return new BackendError('internal', thrown instanceof Error ? thrown.message : String(thrown));
}
