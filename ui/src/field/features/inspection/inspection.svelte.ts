/**
 * One inspection being worked on. Every entry is one command; what it changed is merged by key. Typed text that is not
 * committed yet lives in `drafts`, so that a row that leaves the screen loses nothing.
 */
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import { toBackendError, type Backend, type BackendError, type FindingEdit } from '$shared/backend';
import type { PhotoAttached } from '$shared/generated/app';
import type {
  AnswerValue,
  EntityId,
  FindingId,
  FindingView,
  Grade,
  InspectionChange,
  InspectionId,
  InspectionView,
  InstanceId,
  ItemKey,
  ItemView,
} from '$shared/generated/core';
import { Saves } from '../app/saves.svelte';
import { FindingDraft } from '../findings/draft.svelte';
import { PhotoStore } from '../photos/photos.svelte';
import { buildRows, indexChecklist, isOpen, matchesFilter, matchesQuery, nextOpen, splitKey, type ChecklistIndex, type Filter, type Row } from './model';

/** Slots of `Saves`. */
export const slot = {
  answer: (key: ItemKey) => `answer/${key}`,
  note: (key: ItemKey) => `note/${key}`,
  finding: (id: FindingId) => `finding/${id}`,
  raise: (key: ItemKey | null) => `raise/${key ?? ''}`,
};

/** The parts of an item that open in place. */
export type Opened = { note?: boolean; guidance?: boolean; finding?: boolean };

export class InspectionStore {
  readonly id: InspectionId;
  readonly saves = new Saves();
  readonly photos: PhotoStore;
  readonly items = new SvelteMap<ItemKey, ItemView>();
  /** Typed and not committed, by slot. */
  readonly drafts = new SvelteMap<string, string>();
  /** What is unfolded below an item. */
  readonly opened = new SvelteMap<ItemKey, Opened>();
  readonly findingDrafts = new SvelteMap<string, FindingDraft>();
  view = $state.raw<InspectionView | null>(null);
  error = $state.raw<BackendError | null>(null);
  order = $state.raw<readonly ItemKey[]>([]);
  filter = $state<Filter>('all');
  query = $state('');
  /** Item last worked on: where "next" starts and where the place is restored. */
  current = $state<ItemKey | null>(null);
  /** Touched since the filter was chosen: stays on screen although it no longer matches. */
  readonly #touched = new SvelteSet<ItemKey>();
  #index: ChecklistIndex | null = null;
  #backend: Backend;

  constructor(backend: Backend, id: InspectionId) {
    this.#backend = backend;
    this.id = id;
    this.photos = new PhotoStore(backend, (result) => this.#attached(result));
  }

  readonly rows: Row[] = $derived.by(() => {
    if (!this.view || !this.#index) return [];
    const { filter, query } = this;
    return buildRows({
      sections: this.view.sections,
      order: this.order,
      items: this.items,
      index: this.#index,
      filtered: filter !== 'all' || query.trim() !== '',
      shows: (view, item) =>
        (matchesFilter(filter, view, item) || this.#touched.has(view.key)) && matchesQuery(query, item, view),
    });
  });

  readonly editable: boolean = $derived(
    this.view !== null && !this.view.needs_upgrade && (this.view.stage === 'draft' || this.view.stage === 'returned'),
  );

  async load(): Promise<void> {
    try {
      this.take(await this.#backend.call('open_inspection', { inspection: this.id }));
    } catch (thrown) {
      this.error = toBackendError(thrown);
    }
  }

  /** Takes over a whole view, for example after a sync. Drafts and unsaved entries stay. */
  take(view: InspectionView): void {
    if (this.view?.checklist_hash !== view.checklist_hash || !this.#index) this.#index = indexChecklist(view.checklist);
    const present = new Set(view.items.map((item) => item.key));
    for (const key of this.items.keys()) if (!present.has(key)) this.items.delete(key);
    for (const item of view.items) this.items.set(item.key, item);
    this.order = view.items.map((item) => item.key);
    this.view = view;
    this.error = null;
  }

  /** Merges what one command changed. */
  merge(change: InspectionChange): void {
    if (!this.view) return;
    for (const item of change.changed) this.items.set(item.key, item);
    if (change.order) this.order = change.order;
    const { stage, sections, findings, evidence, signatures, refusal, summary } = change;
    this.view = { ...this.view, stage, sections, findings, evidence, signatures, refusal, summary };
  }

  /** Unfolds or folds parts of an item. */
  open(key: ItemKey, parts: Opened): void {
    this.opened.set(key, { ...this.opened.get(key), ...parts });
  }

  show(filter: Filter): void {
    this.#touched.clear();
    this.filter = filter;
  }

  /** The value to show: what was entered last, even while it is being saved. */
  valueOf(key: ItemKey): AnswerValue | null {
    const pending = this.saves.pending(slot.answer(key));
    return pending ? (pending.value as AnswerValue | null) : (this.items.get(key)?.value ?? null);
  }

  answer(key: ItemKey, value: AnswerValue | null): Promise<boolean> {
    this.#touch(key);
    return this.saves.run(slot.answer(key), value, async () => {
      this.merge(await this.#backend.call('record_answer', { inspection: this.id, key, value }));
    });
  }

  /** Commits a note; the typed words stay as a draft until they are stored. */
  async note(key: ItemKey, text: string): Promise<boolean> {
    this.#touch(key);
    if (text === (this.items.get(key)?.note ?? '')) return true;
    const stored = await this.saves.run(slot.note(key), text, async () => {
      this.merge(await this.#backend.call('set_note', { inspection: this.id, key, text }));
    });
    if (stored && this.drafts.get(slot.note(key)) === text) this.drafts.delete(slot.note(key));
    return stored;
  }

  /** Settles contested values. Resolves to the error, or `null` when done. */
  resolve(key: ItemKey, value: AnswerValue | null, reason: string): Promise<BackendError | null> {
    return this.#change(() => this.#backend.call('resolve_answer', { inspection: this.id, key, value, reason }));
  }

  addInstance(section: string, label: string): Promise<BackendError | null> {
    return this.#change(() => this.#backend.call('add_instance', { inspection: this.id, section, label }));
  }

  retractInstance(instance: InstanceId, reason: string): Promise<BackendError | null> {
    return this.#change(() => this.#backend.call('retract_instance', { inspection: this.id, instance, reason }));
  }

  /** The finding being written for an item, or without an item (`null`). */
  findingDraft(key: ItemKey | null): FindingDraft {
    const id = slot.raise(key);
    const found = this.findingDrafts.get(id);
    if (found) return found;
    const draft = new FindingDraft();
    const suggested = key === null ? null : (this.items.get(key)?.suggested ?? null);
    if (suggested?.verified) draft.grade = suggested.grade;
    return draft;
  }

  /** Keeps a draft once something was entered. */
  keepFindingDraft(key: ItemKey | null, draft: FindingDraft): void {
    this.findingDrafts.set(slot.raise(key), draft);
  }

  async raise(key: ItemKey | null, draft: FindingDraft, grade: Grade): Promise<boolean> {
    const view = this.view;
    if (!view) return false;
    const raised = await this.saves.run(slot.raise(key), null, async () => {
      const result = await this.#backend.call('raise_finding', {
        inspection: this.id,
        key,
        site: view.site,
        grade,
        description: draft.description.trim(),
        area: draft.optional('area'),
        measure: draft.optional('measure'),
        responsible: draft.optional('responsible'),
        deadline: draft.optional('deadline'),
      });
      this.#findingChanged(result.finding, result.change);
    });
    if (raised) {
      this.findingDrafts.delete(slot.raise(key));
      this.saves.states.delete(slot.raise(key));
    }
    return raised;
  }

  editFinding(edit: FindingEdit): Promise<boolean> {
    return this.saves.run(slot.finding(edit.finding), edit, async () => {
      const result = await this.#backend.call('edit_finding', edit);
      this.#findingChanged(result.finding, result.change);
    });
  }

  retractFinding(finding: FindingId, reason: string): Promise<BackendError | null> {
    return this.#try(async () => {
      const result = await this.#backend.call('retract_finding', { finding, reason });
      this.#findingChanged(result.finding, result.change);
    });
  }

  caption(finding: FindingId | null, evidence: EntityId, caption: string): Promise<BackendError | null> {
    const inspection = finding ? null : this.id;
    return this.#try(async () => this.#attached(await this.#backend.call('caption_evidence', { inspection, finding, evidence, caption })));
  }

  hidePhoto(finding: FindingId | null, evidence: EntityId, reason: string): Promise<BackendError | null> {
    const inspection = finding ? null : this.id;
    return this.#try(async () => this.#attached(await this.#backend.call('retract_evidence', { inspection, finding, evidence, reason })));
  }

  comment(text: string): Promise<BackendError | null> {
    return this.#try(async () => {
      const request = { inspection: this.id, finding: null, key: null, text };
      const { inspection } = await this.#backend.call('comment', request);
      if (inspection) this.take(inspection);
    });
  }

  /** Whether an item is a criterion of a major hazard. */
  isMajor(key: ItemKey): boolean {
    return this.#index?.items.get(splitKey(key).item)?.grade === 'major';
  }

  /** Whether an item still has to be answered, or answered again. */
  isOpen(key: ItemKey): boolean {
    const view = this.items.get(key);
    return view !== undefined && isOpen(view);
  }

  /** The item to go to next. */
  nextOpen(): ItemKey | null {
    return nextOpen(this.order, this.items, this.current);
  }

  #touch(key: ItemKey): void {
    this.#touched.add(key);
    this.current = key;
  }

  #attached(result: PhotoAttached): void {
    if (result.change) this.merge(result.change);
  }

  #findingChanged(finding: FindingView, change: InspectionChange | null): void {
    if (change) this.merge(change);
    else if (this.view) {
      const findings = this.view.findings.map((one) => (one.id === finding.id ? finding : one));
      this.view = { ...this.view, findings };
    }
  }

  #change(run: () => Promise<InspectionChange>): Promise<BackendError | null> {
    return this.#try(async () => this.merge(await run()));
  }

  async #try(run: () => Promise<void>): Promise<BackendError | null> {
    try {
      await run();
      return null;
    } catch (thrown) {
      return toBackendError(thrown);
    }
  }
}
