/** Photographs in memory: shown from object addresses, attached to an inspection or a finding. */
import type { PhotoAttached } from '../../generated/app';
import type { EntityId, EvidenceView } from '../../generated/core';
import type { PhotoMetadata } from '../commands';
import { BackendError } from '../error';
import { findFinding, findInspection } from './lookup';
import { changeOf, viewOf } from './record';
import type { FakeState } from './index';
import { author, ME, newHash, newId } from './world';

export function attach(state: FakeState, metadata: PhotoMetadata, bytes: Blob): PhotoAttached {
  if (bytes.size === 0) throw new BackendError('photo_empty', 'the file has no bytes');
  const original = newHash();
  state.images.set(original, URL.createObjectURL(bytes));
  const shown = /^image\/(jpeg|png|webp|gif|svg)/.test(bytes.type);
  const evidence: EvidenceView = {
    id: newId<EntityId>(),
    key: metadata.key,
    original,
    size: bytes.size,
    media_type: bytes.type,
    thumbnail: shown ? original : null,
    preview: shown ? original : null,
    defect: shown ? null : 'unsupported',
    source: metadata.source,
    name: metadata.name,
    captured_at: metadata.captured_at,
    position: metadata.position,
    caption: null,
    // The browser does not say how large the picture is before it is drawn; a usual camera's shape does for the tests.
    width: shown ? 1600 : null,
    height: shown ? 1200 : null,
    marks: [],
    retracted: null,
    by: author(ME, '矿井平板 3'),
  };
  return place(state, metadata, evidence);
}

/** Puts a photograph where its metadata says and reports the change. */
export function place(state: FakeState, owner: Pick<PhotoMetadata, 'inspection' | 'finding'>, evidence: EvidenceView): PhotoAttached {
  if (owner.finding && owner.inspection) throw new BackendError('invalid', 'name an inspection or a finding, not both');
  if (owner.finding) {
    const { finding, inspection } = findFinding(state, owner.finding);
    const before = inspection ? viewOf(inspection) : null;
    finding.evidence.push(evidence);
    return { evidence, change: inspection && before ? changeOf(before, viewOf(inspection)) : null };
  }
  const inspection = findInspection(state, owner.inspection);
  const before = viewOf(inspection);
  inspection.evidence.push(evidence);
  if (evidence.key) inspection.redo.delete(evidence.key);
  return { evidence, change: changeOf(before, viewOf(inspection)) };
}
