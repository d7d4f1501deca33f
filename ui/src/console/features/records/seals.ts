// Seal checks gathered by device, so that a person sees one line for each tablet and the exceptions by themselves. Pure.

import type { SealCheck, SealState } from '$shared/generated/console';

/** What one device's records of this page look like. */
export interface SealGroup {
  readonly stream: string;
  readonly device: string | null;
  readonly total: number;
  readonly verified: number;
  readonly first: number;
  readonly last: number;
  readonly worst: SealState;
}

const RANK: Record<SealState, number> = { verified: 0, unknown_type: 1, held: 2 };

/** One group for each stream, in the order of their first record. */
export function groupSeals(seals: readonly SealCheck[]): SealGroup[] {
  const groups = new Map<string, SealGroup>();
  for (const seal of seals) {
    const known = groups.get(seal.stream);
    const group = known ?? {
      stream: seal.stream,
      device: seal.device,
      total: 0,
      verified: 0,
      first: seal.seq,
      last: seal.seq,
      worst: 'verified' as const,
    };
    groups.set(seal.stream, {
      ...group,
      total: group.total + 1,
      verified: group.verified + (seal.state === 'verified' ? 1 : 0),
      first: Math.min(group.first, seal.seq),
      last: Math.max(group.last, seal.seq),
      worst: RANK[seal.state] > RANK[group.worst] ? seal.state : group.worst,
    });
  }
  return [...groups.values()];
}
