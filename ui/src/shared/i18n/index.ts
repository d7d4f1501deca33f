/** The public face of the words of both apps; `words()` binds an app's own catalogues. */
export { LOCALES, locale, text, words, type Locale, type Translate } from './i18n.svelte';
export * as fmt from './format';
export { common, type CommonKey } from './common';
export { industryName } from './industry';
export { unitName } from './unit';
