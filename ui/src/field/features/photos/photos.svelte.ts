/**
 * Photographs on their way into the store: shown at once from memory, attached one after another (memory holds only what
 * is not stored yet), kept with a way to retry when the store refuses.
 */
import { toBackendError, type Backend, type BackendError, type PhotoMetadata } from '$shared/backend';
import type { PhotoAttached } from '$shared/generated/app';
import type { EntityId, FindingId, InspectionId, ItemKey, Mark, PhotoSource, Position } from '$shared/generated/core';
import { fixPosition } from '../app/position';

/** An inspection, at one of its items or as a whole, or a finding: the core takes exactly one of them. */
export type PhotoOwner = { inspection: InspectionId; finding: null; key: ItemKey | null } | { inspection: null; finding: FindingId; key: null };
export type PendingPhoto = { id: number; owner: PhotoOwner; url: string; size: number; name: string | null; error: BackendError | null };

/** What can be done to a photograph that is stored: nothing of it touches its bytes. Answers why it was not recorded, or `null`. */
export type PhotoEdits = {
  caption: (evidence: EntityId, caption: string) => Promise<BackendError | null>;
  mark: (evidence: EntityId, marks: Mark[]) => Promise<BackendError | null>;
  hide: (evidence: EntityId, reason: string) => Promise<BackendError | null>;
};

/** A fix older than this says nothing about a picture taken now. */
const FIX_GOOD_MS = 2 * 60_000;

type Job = { metadata: PhotoMetadata; bytes: Blob };

/** Names one place that photographs belong to. */
export function ownerId(owner: PhotoOwner): string {
  return `${owner.finding ?? ''}|${owner.key ?? ''}|${owner.inspection ?? ''}`;
}

export class PhotoStore {
  pending = $state.raw<readonly PendingPhoto[]>([]);
  #backend: Backend;
  #attached: (result: PhotoAttached, owner: PhotoOwner) => void;
  #jobs = new Map<number, Job>();
  #next = 1;
  #queue: Promise<void> = Promise.resolve();
  #fix: typeof fixPosition;
  #here: { position: Position; at: number } | null = null;

  constructor(backend: Backend, attached: (result: PhotoAttached, owner: PhotoOwner) => void, fix = fixPosition) {
    this.#backend = backend;
    this.#attached = attached;
    this.#fix = fix;
  }

  /** Asks once where the device is, for the pictures that follow. No picture waits for it; underground there is none. */
  async locate(): Promise<void> {
    const found = await this.#fix();
    if ('position' in found) this.#here = { position: found.position, at: Date.now() };
  }

  of(owner: PhotoOwner): PendingPhoto[] {
    const id = ownerId(owner);
    return this.pending.filter((photo) => ownerId(photo.owner) === id);
  }

  /** Takes pictures or files. Returns when all of them are stored or refused. */
  add(owner: PhotoOwner, source: PhotoSource, blobs: readonly Blob[]): Promise<void> {
    for (const bytes of blobs) {
      const id = this.#next++;
      const name = bytes instanceof File && source === 'file' ? bytes.name : null;
      const captured_at = source === 'camera' ? Date.now() : null;
      const position = source === 'camera' && this.#here && Date.now() - this.#here.at < FIX_GOOD_MS ? this.#here.position : null;
      this.#jobs.set(id, { bytes, metadata: { ...owner, source, name, captured_at, position } });
      this.pending = [...this.pending, { id, owner, url: URL.createObjectURL(bytes), size: bytes.size, name, error: null }];
      this.#queue = this.#queue.then(() => this.#attach(id));
    }
    return this.#queue;
  }

  retry(id: number): Promise<void> {
    this.#update(id, null);
    this.#queue = this.#queue.then(() => this.#attach(id));
    return this.#queue;
  }

  /** Lets a refused photograph go. Only what was never stored can be dropped. */
  drop(id: number): void {
    const photo = this.pending.find((one) => one.id === id);
    if (photo) URL.revokeObjectURL(photo.url);
    this.#jobs.delete(id);
    this.pending = this.pending.filter((one) => one.id !== id);
  }

  async #attach(id: number): Promise<void> {
    const job = this.#jobs.get(id);
    const photo = this.pending.find((one) => one.id === id);
    if (!job || !photo) return;
    try {
      const result = await this.#backend.attachPhoto(job.metadata, job.bytes);
      this.#attached(result, photo.owner);
      this.drop(id);
    } catch (thrown) {
      this.#update(id, toBackendError(thrown));
    }
  }

  #update(id: number, error: BackendError | null): void {
    this.pending = this.pending.map((photo) => (photo.id === id ? { ...photo, error } : photo));
  }
}
