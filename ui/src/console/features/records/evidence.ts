// Photographs with the place of their bytes. Pure. "Awaiting" is an honest state, not an error: it names the device that
// still holds the original and when that device was last heard of.

import type { EvidenceView, InspectionView } from '$shared/generated/core';
import type { EvidenceState } from '$shared/generated/console';

/** A photograph and where its bytes are. */
export interface Photo {
  readonly view: EvidenceView;
  readonly state: EvidenceState | null;
}

/** Joins photographs with the states of their bytes. */
export function joinPhotos(views: readonly EvidenceView[], states: readonly EvidenceState[]): Photo[] {
  const byId = new Map(states.map((state) => [String(state.evidence), state] as const));
  return views.map((view) => ({ view, state: byId.get(view.id) ?? null }));
}

/** All photographs of an inspection, those of its findings after its own. */
export function inspectionPhotos(view: InspectionView, states: readonly EvidenceState[]): Photo[] {
  return joinPhotos([...view.evidence, ...view.findings.flatMap((finding) => finding.evidence)], states);
}

/** The original has arrived. */
export function originalHere(photo: Photo): boolean {
  return photo.state?.state === 'here';
}

/** Hash of the copy to show in a grid, null when none has arrived. */
export function gridImage(photo: Photo): string | null {
  if (photo.view.thumbnail !== null && photo.state?.thumbnail_here) return photo.view.thumbnail;
  return null;
}

/** Hash of the best copy to look at, null when none has arrived. */
export function viewImage(photo: Photo): string | null {
  if (photo.view.preview !== null && photo.state?.preview_here) return photo.view.preview;
  return gridImage(photo);
}

/** Where photographs stand, counted by the device that still holds them. */
export interface Delivery {
  readonly total: number;
  readonly here: number;
  readonly waiting: ReadonlyArray<{ device: string | null; lastSeen: number | null; count: number }>;
}

/** Counts delivery for the header of a record. */
export function delivery(photos: readonly Photo[]): Delivery {
  const waiting = new Map<string, { device: string | null; lastSeen: number | null; count: number }>();
  let here = 0;
  for (const photo of photos) {
    if (originalHere(photo)) {
      here += 1;
      continue;
    }
    const device = photo.state?.device ?? photo.view.by.device;
    const entry = waiting.get(device ?? '') ?? { device, lastSeen: null, count: 0 };
    const seen = photo.state?.last_seen ?? null;
    if (seen !== null && (entry.lastSeen === null || seen > entry.lastSeen)) entry.lastSeen = seen;
    entry.count += 1;
    waiting.set(device ?? '', entry);
  }
  return { total: photos.length, here, waiting: [...waiting.values()] };
}
