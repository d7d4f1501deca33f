// Errors of the API as one type that screens can branch on. A screen looks at `code` only; `message` is the server's own
// words and is shown beside our translation as a detail.

import type { ProblemDetails } from '$shared/generated/console';

/** A failed request. `offline` means that no answer came at all. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    message: string,
    readonly details: Partial<ProblemDetails> | null = null,
  ) {
    super(message);
    this.name = 'ApiError';
  }

  /** No answer: network gone or server stopped. */
  get offline(): boolean {
    return this.code === 'offline';
  }
}

/** Any thrown value as an `ApiError`. */
export function asApiError(cause: unknown): ApiError {
  if (cause instanceof ApiError) return cause;
  return new ApiError('internal', 0, cause instanceof Error ? cause.message : String(cause));
}

/** Reads the error envelope; an answer that is not one (a proxy's HTML page) still becomes a named error. */
export async function problemOf(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null);
  if (typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'string') {
    const message = 'message' in body && typeof body.message === 'string' ? body.message : body.code;
    const details =
      'details' in body && typeof body.details === 'object' ? (body.details as Partial<ProblemDetails> | null) : null;
    return new ApiError(body.code, response.status, message, details);
  }
  const retry = Number(response.headers.get('retry-after'));
  const details = Number.isFinite(retry) && retry > 0 ? { retry_after_seconds: retry } : null;
  return new ApiError(
    response.status >= 500 ? 'server_error' : 'unexpected',
    response.status,
    `HTTP ${response.status}`,
    details,
  );
}
