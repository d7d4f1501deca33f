/** The console's own words; the domain's terms and enumerations come from the shared catalogue. */
import { words } from '$shared/i18n';
import en from './en.json';
import zh from './zh.json';

/** Words of the console in the current language. */
export const t = words({ en, zh });
/** A key of the console's catalogue. */
export type ConsoleKey = keyof typeof en;
