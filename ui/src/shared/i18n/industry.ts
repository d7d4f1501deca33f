/** Industry names. An organisation may have slugs of its own; those are shown as they are. */
import en from './common.en.json';
import { common, type CommonKey } from './common';

/** The industry's name, or its slug when it is not one of ours. */
export function industryName(slug: string): string {
  const key = `industry.${slug}`;
  return key in en ? common(key as CommonKey) : slug;
}
