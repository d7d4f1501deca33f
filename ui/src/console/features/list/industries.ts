// Industries to choose from: those that the product names. An organisation's own slug still filters when a link brings it.

import { industryName } from '$shared/i18n';
import en from '$shared/i18n/common.en.json';

const PREFIX = 'industry.';

/** Slugs of the named industries. */
export const INDUSTRIES: readonly string[] = Object.keys(en)
  .filter((key) => key.startsWith(PREFIX))
  .map((key) => key.slice(PREFIX.length));

/** Options in the current language; `extra` is a slug from the address that may not be one of ours. */
export function industryOptions(extra: string): { value: string; label: string }[] {
  const slugs = extra === '' || INDUSTRIES.includes(extra) ? INDUSTRIES : [...INDUSTRIES, extra];
  return slugs.map((value) => ({ value, label: industryName(value) }));
}
