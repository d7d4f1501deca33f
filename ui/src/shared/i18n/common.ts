/** Words that both apps use: the domain's terms, enumerations and general actions. */
import en from './common.en.json';
import zh from './common.zh.json';
import { words } from './i18n.svelte';

export const common = words({ en, zh });
export type CommonKey = keyof typeof en;
