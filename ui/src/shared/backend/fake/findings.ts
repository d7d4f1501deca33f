/** Commands about findings. */
import type { FieldView, FindingView } from '../../generated/core';
import type { FindingChanged } from '../commands';
import type { Handlers } from './handlers';
import type { FakeState } from './index';
import { allFindings, findFinding, findInspection } from './lookup';
import { changeOf, viewOf, type FakeInspection } from './record';
import { author, ME, newId } from './world';

const field = (value: string | null): FieldView => ({ value: value === '' ? null : value, contested: [] });

type FindingHandlers = Pick<Handlers, 'raise_finding' | 'edit_finding' | 'retract_finding' | 'list_findings' | 'finding_page'>;

export function findingCommands(state: FakeState): FindingHandlers {
  function changed(finding: FindingView, inspection: FakeInspection | null, act: () => void): FindingChanged {
    const before = inspection ? viewOf(inspection) : null;
    act();
    return { finding: structuredClone(finding), change: inspection && before ? changeOf(before, viewOf(inspection)) : null };
  }
  return {
    raise_finding: (request) => {
      const inspection = request.inspection ? findInspection(state, request.inspection) : null;
      const finding: FindingView = {
        id: newId(),
        scope: request.site as string as FindingView['scope'],
        site: request.site,
        inspection: request.inspection,
        key: request.key,
        stage: 'raised',
        grade: request.grade,
        suggested: null,
        description: field(request.description),
        area: field(request.area),
        measure: field(request.measure),
        responsible: field(request.responsible),
        deadline: field(request.deadline),
        theme: null,
        contested_grades: [],
        graded: null,
        evidence: [],
        comments: [],
        retracted: null,
        raised: author(ME, '矿井平板 3'),
        needs_upgrade: false,
      };
      return changed(finding, inspection, () => void (inspection ? inspection.findings : state.world.loose).push(finding));
    },
    edit_finding: ({ finding: id, grade, ...fields }) => {
      const { finding, inspection } = findFinding(state, id);
      return changed(finding, inspection, () => {
        if (grade) finding.grade = grade;
        for (const [name, value] of Object.entries(fields)) {
          if (typeof value === 'string') finding[name as 'description'] = field(value);
        }
      });
    },
    retract_finding: ({ finding: id, reason }) => {
      const { finding, inspection } = findFinding(state, id);
      return changed(finding, inspection, () => {
        finding.stage = 'retracted';
        finding.retracted = reason;
      });
    },
    list_findings: ({ query, grade, site }) =>
      structuredClone(
        allFindings(state).filter(
          (one) => (!grade || one.grade === grade) && (!site || one.site === site) && (!query || (one.description.value ?? '').includes(query)),
        ),
      ),
    finding_page: ({ finding }) => structuredClone(findFinding(state, finding).finding),
  };
}
