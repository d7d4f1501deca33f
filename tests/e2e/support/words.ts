/**
 * The words of the screens, from the catalogues that the screens themselves are made of. A test names a word by its key, so
 * it runs in both languages and survives a better wording; a key that does not exist is an error.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IntlMessageFormat } from 'intl-messageformat';
import { ROOT } from './settings';

export type Locale = 'zh' | 'en';

/** As the screens format them. */
const TAGS: Record<Locale, string> = { zh: 'zh-CN', en: 'en-GB' };

type Values = Record<string, string | number>;
type Catalogue = Record<string, string>;

/** A function from a key to its words. */
export type Say = (key: string, values?: Values) => string;

function catalogue(...parts: string[]): Catalogue {
  return JSON.parse(readFileSync(join(ROOT, 'ui/src', ...parts), 'utf8')) as Catalogue;
}

function say(words: Catalogue, tag: string): Say {
  return (key, values = {}) => {
    const message = words[key];
    if (message === undefined) throw new Error(`there is no word ${key}`);
    return String(new IntlMessageFormat(message, tag, undefined, { ignoreTag: true }).format(values));
  };
}

/** The words of one language. */
export class Words {
  readonly locale: Locale;
  /** Words of the field app. */
  readonly field: Say;
  /** Words of the console. */
  readonly desk: Say;
  /** Words that both share. */
  readonly both: Say;

  constructor(locale: Locale) {
    this.locale = locale;
    this.field = say(catalogue('field', 'words', `${locale}.json`), TAGS[locale]);
    this.desk = say(catalogue('console', 'words', `${locale}.json`), TAGS[locale]);
    this.both = say(catalogue('shared', 'i18n', `common.${locale}.json`), TAGS[locale]);
  }

  /** A text that comes in both languages, for example a checklist's. */
  text(value: { zh: string; en: string }): string {
    return value[this.locale];
  }
}
