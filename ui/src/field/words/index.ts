/** Words of the field app. The domain's terms are in the shared catalogue (`common`). */
import { words } from '$shared/i18n';
import en from './en.json';
import zh from './zh.json';

export const t = words({ en, zh });
export type FieldKey = keyof typeof en;
