/** Looking things up: the clause library of all checklists, and the inspection before. */
import type { ClauseHit } from '../../generated/app';
import type { Handlers } from './handlers';
import type { FakeState } from './index';
import { findInspection } from './lookup';
import { viewOf } from './record';

export function libraryCommands(state: FakeState): Pick<Handlers, 'find_clause' | 'compare_last'> {
  return {
    find_clause: ({ words, standard, clause }) => structuredClone(hits(state).filter((hit) => fits(hit, words, standard, clause))),
    compare_last: ({ inspection }) => {
      const now = findInspection(state, inspection);
      const earlier = [...state.world.inspections.values()]
        .filter((one) => one !== now && one.base.site === now.base.site && one.checklist.id === now.checklist.id)
        .filter((one) => one.stage !== 'draft' && one.base.started.wall.ms < now.base.started.wall.ms)
        .sort((a, b) => b.base.started.wall.ms - a.base.started.wall.ms)[0];
      if (!earlier) return null;
      const answers = viewOf(earlier).items.filter((item) => item.verdict !== null && !item.key.includes('@'));
      return {
        id: earlier.base.id,
        started: earlier.base.started.wall,
        version: earlier.checklist.version,
        answers: answers.map(({ key, value, verdict }) => ({ key, value, verdict })),
      };
    },
  };
}

function hits(state: FakeState): ClauseHit[] {
  return state.world.checklists.flatMap((checklist) =>
    (checklist.clauses ?? []).flatMap((clause) => {
      const standard = checklist.standards.find((one) => one.id === clause.standard);
      if (!standard) return [];
      const cites = checklist.sections
        .flatMap((section) => section.items)
        .filter((item) => (item.basis ?? []).some((basis) => basis.standard === clause.standard && basis.clause === clause.clause));
      const items = cites.map((item) => ({ checklist: checklist.id, checklist_title: checklist.title, item: item.id, text: item.text }));
      return [{ clause, standard, in_force: !standard.effective_to, items }];
    }),
  );
}

function fits(hit: ClauseHit, words: string, standard: string | null, clause: string | null): boolean {
  if (standard !== null && hit.standard.id !== standard) return false;
  if (clause !== null && hit.clause.clause !== clause) return false;
  const { fact } = hit.clause;
  const texts = [hit.clause.clause ?? '', hit.standard.number, hit.standard.title.zh, hit.standard.title.en, fact.zh, fact.en].map((text) => text.toLowerCase());
  return words.toLowerCase().split(/\s+/).filter(Boolean).every((word) => texts.some((text) => text.includes(word)));
}
