// What a form does with an error: a field that the server names is marked, everything else is said above the buttons.

import { asApiError } from '../../api/problem';
import { failureWords, reasonWords, type FailureWords } from '../base/failure';

/** An error split into the field it belongs to and general words. */
export interface FormProblem {
  readonly field: string | null;
  readonly reason: string;
  readonly words: FailureWords;
}

/** Splits an error. */
export function formProblem(cause: unknown): FormProblem {
  const error = asApiError(cause);
  const words = failureWords(error);
  const invalid = error.code === 'invalid';
  return { field: invalid ? (error.details?.field ?? null) : null, reason: invalid ? reasonWords(error) : words.title, words };
}
