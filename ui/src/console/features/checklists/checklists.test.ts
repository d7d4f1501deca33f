// Writing checklists: what is said about a file, the order of versions, where a version is in use.

import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { locale } from '$shared/i18n';
import type { ChecklistRow, DraftPage, RegionNode, UploadLine } from '$shared/generated/console';
import { ApiError } from '../../api/problem';
import type { Desk } from '../../desk.svelte';
import { parseRoute } from '../../router/routes';
import en from '../../words/en.json';
import DeskHarness from './DeskHarness.test.svelte';
import PlacesDialog from './PlacesDialog.svelte';
import ReportTable from './ReportTable.svelte';
import UploadButton from './UploadButton.svelte';
import { choiceOf, isComplete, targetOf } from './places';
import { lineWhere, lineWords } from './report';
import { listed, newestFirst } from './versions';

Element.prototype.scrollIntoView ??= () => undefined;
beforeEach(() => locale.set('en'));

const line = (over: Partial<UploadLine>): UploadLine => ({ sheet: null, line: null, column: null, of: null, reason: 'form', values: {}, message: 'in English', ...over });
const row = (id: string, version: string, over: Partial<ChecklistRow> = {}): ChecklistRow =>
  ({ id, version, hash: `${id}-${version}`, industry: 'coal-mines', title: { zh: id, en: id }, items: 1, majors: 0, published: 0, by: null, places: null, retired: null, draft: null, ...over }) as ChecklistRow;

describe('a line of a report', () => {
  it('names its place in a text, in a sheet, or the file', () => {
    expect(lineWhere(line({ line: 12, column: '3' }))).toBe('Line 12, column 3');
    expect(lineWhere(line({ line: 12 }))).toBe('Line 12');
    expect(lineWhere(line({ sheet: 'survey', line: 5, column: 'AB' }))).toBe('survey!AB5');
    expect(lineWhere(line({}))).toBe('Whole file');
  });
  it('says what is wrong in both languages, down to the part that is missing', () => {
    const missing = line({ reason: 'missing_language', values: { of: 'choice wet', language: 'zh' } });
    expect(lineWords(missing)).toBe('Choice wet: the text in Chinese is missing. Every text needs both languages.');
    locale.set('zh');
    expect(lineWords(missing)).toBe('选项wet：缺少中文文本。每段文字都需要两种语言。');
    expect(lineWords(line({ reason: 'unknown_item', values: { id: 'gas' } }))).toContain('a.gas');
  });
  it('keeps conditions with signs of their own as they are', () => {
    expect(lineWords(line({ reason: 'condition_syntax', values: { condition: "a.x == '{1}' <b>", words: "mismatched '{'" } }))).toBe(
      "The condition a.x == '{1}' <b> cannot be read: mismatched '{'",
    );
  });
  it('about a spreadsheet is said in the language of the screen', () => {
    const values = { words: { zh: '没有名为gass的问题', en: 'no question has the name gass' }, instead: { zh: '改正名称', en: 'correct the name' } };
    expect(lineWords(line({ reason: 'sheet', values }))).toContain('no question has the name gass');
    locale.set('zh');
    expect(lineWords(line({ reason: 'sheet', values }))).toContain('没有名为gass的问题');
    locale.set('en');
  });
  it('of a newer server is shown in its own words', () => {
    expect(lineWords(line({ reason: 'something_new' }))).toBe('in English');
  });
  it('has words for every code that starts with upload', () => {
    const codes = Object.keys(en).filter((key) => /^upload\.[a-z_]+$/.test(key)).map((key) => key.slice('upload.'.length));
    const values = { id: 'i', words: 'w', condition: 'c', name: 'n', of: 'the title', language: 'en', instead: 's', version: '1' };
    for (const reason of codes.filter((code) => !['where', 'item', 'what', 'whole', 'at', 'at_column'].includes(code))) {
      expect(lineWords(line({ reason, values })), reason).not.toBe('in English');
    }
  });
  it('stands in a table with item and place', () => {
    render(ReportTable, { props: { lines: [line({ reason: 'circle', values: { id: 'sum' }, of: 'sum', line: 4 })], label: 'To correct' } });
    expect(screen.getAllByRole('cell').map((cell) => cell.textContent)).toEqual(['Line 4', 'sum', en['upload.circle'].replace('{id}', 'sum')]);
  });
});

describe('published versions', () => {
  it('stand together by checklist, the highest first', () => {
    expect(['1.2.0', '1.10.0', '1.9.9', '2.0.0-beta'].sort(newestFirst)).toEqual(['2.0.0-beta', '1.10.0', '1.9.9', '1.2.0']);
    const rows = [row('b', '1.0.0'), row('a', '1.0.0'), row('b', '1.10.0'), row('a', '1.2.0', { title: { zh: 'z', en: 'z' } })];
    expect(listed(rows, '', (one) => one.title.en).map((one) => one.hash)).toEqual(['b-1.10.0', 'b-1.0.0', 'a-1.2.0', 'a-1.0.0']);
  });
  it('are filtered by whether they are in use', () => {
    const rows = [row('a', '1.0.0', { retired: { at: 0, by: null, reason: null } }), row('a', '2.0.0')];
    const hashes = (filter: '' | 'in_use' | 'retired'): string[] => listed(rows, filter, (one) => one.id).map((one) => one.hash);
    expect([hashes(''), hashes('in_use'), hashes('retired')]).toEqual([['a-2.0.0', 'a-1.0.0'], ['a-2.0.0'], ['a-1.0.0']]);
  });
});

describe('where a version is in use', () => {
  it('is everywhere, or what is chosen', () => {
    expect(targetOf(choiceOf(null))).toBeNull();
    const some = choiceOf({ regions: [{ id: 'r', name: 'R' }], sites: [{ id: 's', name: 'S' }], others: 0 });
    expect(targetOf(some)).toEqual({ regions: ['r'], sites: ['s'] });
    expect(isComplete({ everywhere: false, regions: [], sites: [] })).toBe(false);
  });

  const regions = [{ id: 'p', name: 'Province', parent: null }, { id: 'c', name: 'County', parent: 'p' }] as unknown as RegionNode[];
  const desk = { api: { regions: () => Promise.resolve(regions) } } as unknown as Desk;
  const dialog = (send: (body: unknown) => Promise<ChecklistRow>, ondone = vi.fn()): typeof ondone => {
    render(DeskHarness, { props: { desk, component: PlacesDialog, props: { title: 'Publish', note: 'n', action: 'Publish now', places: null, send, onclose: () => undefined, ondone } } });
    return ondone;
  };

  it('asks for a place before it publishes to chosen ones', async () => {
    const user = userEvent.setup();
    const send = vi.fn(() => Promise.resolve(row('a', '1.0.0')));
    const ondone = dialog(send);
    await user.click(screen.getByRole('radio', { name: 'Chosen regions and sites' }));
    await user.click(screen.getByRole('button', { name: 'Publish now' }));
    expect(send).not.toHaveBeenCalled();
    expect(screen.getByRole('alert').textContent).toBe('Choose a region or a site.');
    await user.click(await screen.findByRole('checkbox', { name: 'County' }));
    await user.click(screen.getByRole('button', { name: 'Publish now' }));
    expect(send).toHaveBeenCalledWith({ target: { regions: ['c'], sites: [] } });
    await waitFor(() => expect(ondone).toHaveBeenCalled());
  });

  it('stays open with the reason when the server refuses', async () => {
    const user = userEvent.setup();
    const ondone = dialog(() => Promise.reject(new ApiError('invalid', 422, 'draft: 3 faults', { field: 'draft', reason: 'faulty', values: { count: 3 } })));
    await user.click(screen.getByRole('button', { name: 'Publish now' }));
    expect((await screen.findByRole('alert')).textContent).toContain('3 faults have to be corrected first.');
    expect(ondone).not.toHaveBeenCalled();
  });
});

describe('an upload', () => {
  it('sends the file as it is and can be repeated with the same one', async () => {
    const user = userEvent.setup();
    const file = new File(['schema: 1'], 'belts.yaml');
    const send = vi.fn(() => Promise.resolve({ draft: { id: 'd' } } as unknown as DraftPage));
    const ondone = vi.fn();
    render(UploadButton, { props: { label: 'Upload', send, ondone, onproblem: () => undefined } });
    for (const times of [1, 2]) {
      await user.upload(screen.getByLabelText('Upload', { selector: 'input' }), file);
      await waitFor(() => expect(ondone).toHaveBeenCalledTimes(times));
    }
    expect(send).toHaveBeenCalledWith(file);
  });
  it('that is refused says why', async () => {
    const onproblem = vi.fn();
    const send = (): Promise<DraftPage> => Promise.reject(new ApiError('too_large', 413, 'too large'));
    render(UploadButton, { props: { label: 'Upload', send, ondone: () => undefined, onproblem } });
    await userEvent.setup().upload(screen.getByLabelText('Upload', { selector: 'input' }), new File(['x'], 'a.yaml'));
    await waitFor(() => expect(onproblem.mock.lastCall?.[0]?.words.title).toBe('The file is too large'));
  });
});

describe('addresses', () => {
  it('of drafts and trials are no versions', () => {
    expect([parseRoute('/checklists/drafts/1', ''), parseRoute('/checklists/preview', '?draft=1'), parseRoute('/checklists/ab', '')].map((route) => route.name)).toEqual([
      'checklist_draft',
      'checklist_preview',
      'checklist',
    ]);
  });
});
