/** Finding records in the in-memory world. */
import type { FindingView } from '../../generated/core';
import { BackendError } from '../error';
import type { FakeState } from './index';
import type { FakeInspection } from './record';

export function findInspection(state: FakeState, id: string | null): FakeInspection {
  const found = id === null ? undefined : state.world.inspections.get(id);
  if (!found) throw new BackendError('not_found', `no inspection ${String(id)}`);
  return found;
}

export function findFinding(state: FakeState, id: string): { finding: FindingView; inspection: FakeInspection | null } {
  for (const inspection of state.world.inspections.values()) {
    const finding = inspection.findings.find((one) => one.id === id);
    if (finding) return { finding, inspection };
  }
  const finding = state.world.loose.find((one) => one.id === id);
  if (!finding) throw new BackendError('not_found', `no finding ${id}`);
  return { finding, inspection: null };
}

export function allFindings(state: FakeState): FindingView[] {
  return [...[...state.world.inspections.values()].flatMap((one) => one.findings), ...state.world.loose];
}
