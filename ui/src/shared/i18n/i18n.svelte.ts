/**
 * Words in two languages, switched live.
 *
 * A catalogue is a flat JSON object per language; messages are ICU (`{count, plural, one {# photo} other {# photos}}`),
 * formatted by intl-messageformat. `words()` binds catalogues to a typed function: a key that does not exist does not
 * compile. A key without a text in the current language is shown in the other one between ⟦ ⟧, so that a gap is seen and
 * nobody is left without words.
 */
import { IntlMessageFormat } from 'intl-messageformat';
import type { Text } from '../generated/core';

/** The app's languages. The checklist's own texts come in both. */
export type Locale = 'zh' | 'en';

export const LOCALES: readonly Locale[] = ['zh', 'en'];

type Values = Record<string, string | number>;
type Catalogue = Record<string, string>;

/** BCP 47 tags for formatting and for the `lang` attribute. */
const TAGS: Record<Locale, string> = { zh: 'zh-CN', en: 'en-GB' };
const STORAGE_KEY = 'davy.locale';

function initialLocale(): Locale {
  try {
    const stored = localStorage.getItem(STORAGE_KEY);
    if (stored === 'zh' || stored === 'en') return stored;
  } catch {
    // Storage may be switched off; the language of the system serves as well.
  }
  return navigator.language.toLowerCase().startsWith('en') ? 'en' : 'zh';
}

const first = initialLocale();
let current = $state<Locale>(first);

/** The language shown now. Reading it in a template or effect follows its changes. */
export const locale = {
  get current(): Locale {
    return current;
  },
  /** Tag for `Intl` and for `lang` attributes. */
  get tag(): string {
    return TAGS[current];
  },
  /** Switches every text on screen at once and remembers the choice on this device. */
  set(next: Locale): void {
    current = next;
    document.documentElement.lang = TAGS[next];
    try {
      localStorage.setItem(STORAGE_KEY, next);
    } catch {
      // Not remembered; shown all the same.
    }
  },
};

if (typeof document !== 'undefined') document.documentElement.lang = TAGS[first];

const compiled = new Map<string, IntlMessageFormat>();

function format(message: string, language: Locale, values: Values): string {
  if (!message.includes('{')) return message;
  const cacheKey = `${language}\u0000${message}`;
  let formatter = compiled.get(cacheKey);
  if (!formatter) {
    formatter = new IntlMessageFormat(message, TAGS[language], undefined, { ignoreTag: true });
    compiled.set(cacheKey, formatter);
  }
  return String(formatter.format(values));
}

/** A function from a key of `en` to its words in the current language. */
export type Translate<K extends string> = (key: K, values?: Values) => string;

/** Binds two catalogues. The keys are those of the English one; a test holds both to the same keys. */
export function words<const En extends Catalogue>(catalogues: {
  en: En;
  zh: Catalogue;
}): Translate<Extract<keyof En, string>> {
  return (key, values = {}) => {
    const language = current;
    const own = catalogues[language][key];
    if (own !== undefined) return format(own, language, values);
    const otherLanguage: Locale = language === 'zh' ? 'en' : 'zh';
    const other = (catalogues[otherLanguage] as Catalogue)[key];
    return `⟦${other === undefined ? key : format(other, otherLanguage, values)}⟧`;
  };
}

/** A checklist's text in the current language; the other language, marked, when it is empty. */
export function text(value: Text): string {
  const own = value[current];
  if (own !== '') return own;
  return `⟦${current === 'zh' ? value.en : value.zh}⟧`;
}
