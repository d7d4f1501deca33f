// What was found in an uploaded checklist, in words. The server gives codes, values and places; a code of a newer server is
// shown in the server's own words.

import type { UploadLine } from '$shared/generated/console';
import { text } from '$shared/i18n';
import { t, type ConsoleKey } from '../../words';

const WORDS: Record<string, ConsoleKey> = {
  file_kind: 'upload.file_kind',
  not_text: 'upload.not_text',
  form: 'upload.form',
  duplicate_id: 'upload.duplicate_id',
  malformed_id: 'upload.malformed_id',
  condition_syntax: 'upload.condition_syntax',
  condition_name: 'upload.condition_name',
  unknown_item: 'upload.unknown_item',
  unknown_area: 'upload.unknown_area',
  unknown_standard: 'upload.unknown_standard',
  missing_language: 'upload.missing_language',
  not_a_reading: 'upload.not_a_reading',
  circle: 'upload.circle',
  empty_section: 'upload.empty_section',
  sheet: 'upload.sheet',
  taken_differently: 'upload.taken_differently',
  same_content: 'upload.same_content',
  older_version: 'upload.older_version',
  other_content: 'reason.other_content',
};

/** The parts of a checklist that a missing text belongs to, by the server's names; numbered or named ones end open. */
const PARTS: ReadonlyArray<readonly [string, ConsoleKey]> = [
  ['the title', 'upload.part.title'],
  ['the summary', 'upload.part.summary'],
  ['the heading', 'upload.part.heading'],
  ['the repeat group', 'upload.part.repeat'],
  ['the question', 'upload.part.question'],
  ['the guidance', 'upload.part.guidance'],
  ['the evidence', 'upload.part.evidence'],
  ['what is accepted', 'upload.part.accept'],
  ['limit ', 'upload.part.limit'],
  ['choice ', 'upload.part.choice'],
  ['area ', 'upload.part.area'],
];

function part(of: string): string {
  const found = PARTS.find(([name]) => (name.endsWith(' ') ? of.startsWith(name) : of === name));
  return found === undefined ? of : t(found[1], { which: of.slice(found[0].length) });
}

function language(code: string): string {
  return code === 'zh' ? t('upload.language.zh') : code === 'en' ? t('upload.language.en') : code;
}

/** What is wrong, or what was done. */
export function lineWords(line: UploadLine): string {
  const key = WORDS[line.reason];
  if (key === undefined) return line.message;
  const values = Object.fromEntries(Object.entries(line.values).map(([name, value]) => [name, typeof value === 'object' ? text(value) : value]));
  if (typeof values['of'] === 'string') values['of'] = part(values['of']);
  if (typeof values['language'] === 'string') values['language'] = language(values['language']);
  return t(key, values);
}

/** Where in the file: a line of a text, a cell of a sheet, or the file as a whole. */
export function lineWhere(line: UploadLine): string {
  if (line.line === null) return t('upload.whole');
  if (line.sheet !== null) return `${line.sheet}!${line.column ?? ''}${line.line}`;
  return line.column === null ? t('upload.at', { line: line.line }) : t('upload.at_column', { line: line.line, column: line.column });
}
