/**
 * One inspection being worked on. Every entry is one command; what it changed is merged by key. Typed text that is not
 * committed yet lives in `drafts`, so that a row that leaves the screen loses nothing.
 */
import { SvelteMap } from 'svelte/reactivity';
import { toBackendError, type Backend, type BackendError, type FindingEdit } from '$shared/backend';
import type { PhotoAttached } from '$shared/generated/app';
import type {
  AnswerValue,
  EvidenceView,
  FindingId,
  FindingView,
  Grade,
  InspectionChange,
  InspectionId,
  InspectionView,
  InstanceId,
  ItemKey,
} from '$shared/generated/core';
import { Saves } from '../app/saves.svelte';
import { FindingDraft } from '../findings/draft.svelte';
import { PhotoStore, type PhotoEdits } from '../photos/photos.svelte';
import { Comparison } from './comparison.svelte';
import { ItemListStore } from './list.svelte';
import { groupBy, keepSame } from './merge';
import type { Place } from './model';
import { passable } from './tally';

/** Slots of `Saves`. */
export const slot = {
  answer: (key: ItemKey) => `answer/${key}`,
  note: (key: ItemKey) => `note/${key}`,
  finding: (id: FindingId) => `finding/${id}`,
  raise: (key: ItemKey | null) => `raise/${key ?? ''}`,
  section: (place: Place) => `section/${place.id}`,
};

/** The parts of an item that open in place. */
export type Opened = { note?: boolean; guidance?: boolean; finding?: boolean };

const NO_PHOTOS: readonly EvidenceView[] = [];
const NO_FINDINGS: readonly FindingView[] = [];

export class InspectionStore {
  readonly id: InspectionId;
  readonly saves = new Saves();
  readonly photos: PhotoStore;
  readonly list = new ItemListStore();
  readonly last: Comparison;
  /** Typed and not committed, by slot. */
  readonly drafts = new SvelteMap<string, string>();
  /** What is unfolded below an item. */
  readonly opened = new SvelteMap<ItemKey, Opened>();
  /** Findings that the person opened; read when a card is drawn anew. */
  readonly openFindings = new Map<FindingId, boolean>();
  readonly findingDrafts = new SvelteMap<string, FindingDraft>();
  view = $state.raw<InspectionView | null>(null);
  error = $state.raw<BackendError | null>(null);
  /** Item last worked on: where "next" starts and where the place is restored. */
  current = $state<ItemKey | null>(null);
  /** An item that a part of the screen asks to be shown; a new object for each request. */
  wanted = $state.raw<{ key: ItemKey } | null>(null);
  #backend: Backend;

  constructor(backend: Backend, id: InspectionId) {
    this.#backend = backend;
    this.id = id;
    this.photos = new PhotoStore(backend, (result) => this.#attached(result));
    this.last = new Comparison(backend, id);
  }

  readonly #evidence = $derived(this.view?.evidence ?? NO_PHOTOS);
  readonly #findings = $derived(this.view?.findings ?? NO_FINDINGS);
  readonly #evidenceByItem = $derived(groupBy(this.#evidence, (photo) => photo.key));
  readonly #findingsByItem = $derived(groupBy(this.#findings, (one) => (one.stage === 'retracted' ? null : one.key)));

  readonly editable: boolean = $derived(
    this.view !== null && !this.view.needs_upgrade && (this.view.stage === 'draft' || this.view.stage === 'returned'),
  );

  get items(): ItemListStore['items'] {
    return this.list.items;
  }

  get order(): readonly ItemKey[] {
    return this.list.order;
  }

  evidenceOf(key: ItemKey): readonly EvidenceView[] {
    return this.#evidenceByItem.get(key) ?? NO_PHOTOS;
  }

  /** Findings of an item that stand. */
  findingsOf(key: ItemKey): readonly FindingView[] {
    return this.#findingsByItem.get(key) ?? NO_FINDINGS;
  }

  async load(): Promise<void> {
    try {
      this.take(await this.#backend.call('open_inspection', { inspection: this.id }));
    } catch (thrown) {
      this.error = toBackendError(thrown);
    }
  }

  /** Takes over a whole view, for example after a sync. Drafts and unsaved entries stay. */
  take(view: InspectionView): void {
    this.list.take(view);
    this.view = this.view ? { ...view, ...this.#kept(view), checklist: this.#checklist(view) } : view;
    this.error = null;
  }

  /** Merges what one command changed. */
  merge(change: InspectionChange): void {
    if (!this.view) return;
    this.list.merge(change);
    const { stage, sections, signatures, refusal, summary } = change;
    this.view = { ...this.view, stage, sections, signatures, refusal, summary, ...this.#kept(change) };
  }

  /** Unfolds or folds parts of an item. */
  open(key: ItemKey, parts: Opened): void {
    this.opened.set(key, { ...this.opened.get(key), ...parts });
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

  /** Passes what is open in a section, as far as the gesture may. */
  passSection(place: Place): Promise<boolean> {
    for (const key of passable(this.list.itemsOf(place)).answers) this.list.touch(key);
    return this.saves.run(slot.section(place), null, async () => {
      const request = { inspection: this.id, section: place.section, instance: place.instance as InstanceId | null };
      this.merge(await this.#backend.call('pass_section', request));
    });
  }

  /** Settles contested values. Resolves to the error, or `null` when done. */
  resolve(key: ItemKey, value: AnswerValue | null, reason: string): Promise<BackendError | null> {
    return this.#change(() => this.#backend.call('resolve_answer', { inspection: this.id, key, value, reason }));
  }

  async addInstance(section: string, label: string): Promise<BackendError | null> {
    const error = await this.#change(() => this.#backend.call('add_instance', { inspection: this.id, section, label }));
    // The instance of last time with the same name belongs beside it.
    if (!error) await this.last.refresh();
    return error;
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

  /** What can be done to the photographs of the inspection or of one of its findings. */
  photoEdits(finding: FindingId | null): PhotoEdits {
    const of = { inspection: finding ? null : this.id, finding };
    const record = (call: () => Promise<PhotoAttached>) => this.#try(async () => this.#attached(await call()));
    return {
      caption: (evidence, caption) => record(() => this.#backend.call('caption_evidence', { ...of, evidence, caption })),
      mark: (evidence, marks) => record(() => this.#backend.call('annotate_evidence', { ...of, evidence, marks })),
      hide: (evidence, reason) => record(() => this.#backend.call('retract_evidence', { ...of, evidence, reason })),
    };
  }

  comment(text: string): Promise<BackendError | null> {
    return this.#try(async () => {
      const request = { inspection: this.id, finding: null, key: null, text };
      const { inspection } = await this.#backend.call('comment', request);
      if (inspection) this.take(inspection);
    });
  }

  /** The item to go to next. */
  nextOpen(): ItemKey | null {
    return this.list.nextOpen(this.current);
  }

  /** Asks the screen to show an item. */
  want(key: ItemKey): void {
    this.wanted = { key };
  }

  #touch(key: ItemKey): void {
    this.list.touch(key);
    this.current = key;
  }

  /** Findings and photographs, made of the objects of before where they are the same. */
  #kept({ findings, evidence }: Pick<InspectionChange, 'findings' | 'evidence'>): Pick<InspectionView, 'findings' | 'evidence'> {
    return {
      findings: keepSame(this.#findings, findings, (one) => one.id) as FindingView[],
      evidence: keepSame(this.#evidence, evidence, (one) => one.id) as EvidenceView[],
    };
  }

  #checklist(view: InspectionView): InspectionView['checklist'] {
    return this.view?.checklist_hash === view.checklist_hash ? this.view.checklist : view.checklist;
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
