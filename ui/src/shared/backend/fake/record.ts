/** An inspection in memory and its view, computed anew each time. */
import type {
  AnswerValue,
  Author,
  Checklist,
  CommentView,
  ContestedValue,
  EvidenceView,
  FindingView,
  InspectionChange,
  InspectionView,
  Item,
  ItemKey,
  ItemView,
  InstanceId,
  PersonName,
  SectionView,
  Verdict,
} from '../../generated/core';
import { brokenLimit, holds, known, verdictOf } from './judge';

export type Instance = { id: InstanceId; section: string; label: string };

export type FakeInspection = {
  base: Pick<
    InspectionView,
    'id' | 'scope' | 'site' | 'site_name' | 'site_areas' | 'kind' | 'assignment' | 'started' | 'checklist_hash'
  >;
  stage: InspectionView['stage'];
  checklist: Checklist;
  inspectors: PersonName[];
  answers: Map<ItemKey, { value: AnswerValue | null; by: Author }>;
  contested: Map<ItemKey, ContestedValue[]>;
  notes: Map<ItemKey, string>;
  instances: Instance[];
  evidence: EvidenceView[];
  findings: FindingView[];
  signatures: InspectionView['signatures'];
  refusal: InspectionView['refusal'];
  reviews: InspectionView['reviews'];
  comments: CommentView[];
  redo: Set<ItemKey>;
  /** Passed by the gesture for a whole section and not answered since. */
  withSection: Set<ItemKey>;
  submitted: Author | null;
  changed: number;
};

const WORST: Record<Verdict, number> = { pass: 0, not_applicable: 1, not_checked: 2, fail: 3 };

/** Readings that a pass given at a moment cannot rest on. */
export function staleReadings(inspection: FakeInspection, item: Item, instance: string | null, at: number): ItemKey[] {
  const all = inspection.checklist.sections.flatMap((section) => section.items);
  const beside = (id: string) => (instance !== null && inspection.answers.has(`${id}@${instance}`) ? `${id}@${instance}` : id);
  return (item.needs_fresh ?? []).map(beside).filter((key) => {
    const reading = all.find((one) => one.id === key.split('@')[0]);
    const answer = inspection.answers.get(key);
    if (!reading?.valid_minutes || !answer) return true;
    const taken = answer.by.wall.ms;
    return verdictOf(reading, answer.value, 0) !== 'pass' || taken > at || at > taken + reading.valid_minutes * 60_000;
  });
}

function offered(item: Item, knows: (id: string) => string | null): string[] | null {
  const choices = item.response && 'choices' in item.response ? item.response.choices : [];
  return choices.some((choice) => choice.when) ? choices.filter((choice) => holds(choice.when, knows)).map((choice) => choice.id) : null;
}

function itemView(inspection: FakeInspection, item: Item, key: ItemKey, section: string, knows: (id: string) => string | null): ItemView {
  const answer = inspection.answers.get(key);
  const contested = inspection.contested.get(key) ?? [];
  const photos = inspection.evidence.filter((photo) => photo.key === key && photo.retracted === null).length;
  const worst = [...contested].sort((a, b) => WORST[b.verdict ?? 'pass'] - WORST[a.verdict ?? 'pass'])[0];
  const value = worst ? worst.value : (answer?.value ?? null);
  const said = verdictOf(item, value, photos);
  const stale = said === 'pass' && staleReadings(inspection, item, key.split('@')[1] ?? null, answer?.by.wall.ms ?? 0).length > 0;
  const verdict = stale ? 'not_checked' : said;
  const broken = value?.type === 'number' ? brokenLimit(item, Number(value.value)) : null;
  const limit = broken === null ? null : ((item.limits ?? [])[broken] ?? null);
  const grade = limit?.grade ?? item.grade ?? null;
  const verified = item.confidence === 'read' || item.confidence === 'law';
  return {
    key,
    section,
    value,
    verdict,
    contested,
    by: worst?.by ?? answer?.by ?? null,
    with_section: inspection.withSection.has(key),
    offered: offered(item, knows),
    stale,
    note: inspection.notes.get(key) ?? null,
    limits: null,
    broken_limit: broken,
    suggested: verdict === 'fail' && grade ? { grade, verified } : null,
    findings: inspection.findings.filter((finding) => finding.key === key && finding.stage !== 'retracted').map((finding) => finding.id),
    photos,
    redo: inspection.redo.has(key),
  };
}

function counted(inspection: FakeInspection, items: ItemView[]): ItemView[] {
  const notes = new Set(inspection.checklist.sections.flatMap((section) => section.items).filter((item) => item.response?.type === 'note').map((item) => item.id));
  return items.filter((item) => !notes.has(item.key.split('@')[0] ?? ''));
}

function sectionView(section: string, instance: Instance | null, items: ItemView[], isGroup: boolean): SectionView {
  return {
    section,
    instance: instance?.id ?? null,
    label: instance?.label ?? null,
    is_group: isGroup,
    total: items.length,
    answered: items.filter((item) => item.verdict !== null).length,
    failed: items.filter((item) => item.verdict === 'fail').length,
    contested: items.filter((item) => item.contested.length > 0).length,
  };
}

function rows(inspection: FakeInspection): { sections: SectionView[]; items: ItemView[] } {
  const sections: SectionView[] = [];
  const items: ItemView[] = [];
  const values = new Map<string, string | null>();
  const knows = (id: string) => values.get(id) ?? null;
  for (const section of inspection.checklist.sections) {
    const places: (Instance | null)[] = section.repeat ? inspection.instances.filter((one) => one.section === section.id) : [null];
    if (section.repeat) sections.push(sectionView(section.id, null, [], true));
    for (const place of places) {
      const here: ItemView[] = [];
      for (const item of section.items) {
        if (item.response?.type === 'calculated' || !holds(item.when, knows)) continue;
        const view = itemView(inspection, item, place ? `${item.id}@${place.id}` : item.id, section.id, knows);
        if (!place) values.set(item.id, known(view.value, view.verdict));
        here.push(view);
      }
      sections.push(sectionView(section.id, place, counted(inspection, here), false));
      items.push(...here);
    }
  }
  return { sections, items };
}

export function viewOf(inspection: FakeInspection): InspectionView {
  const { sections, items: shown } = rows(inspection);
  const items = counted(inspection, shown);
  const count = (verdict: Verdict) => items.filter((item) => item.verdict === verdict).length;
  const findings = inspection.findings.filter((finding) => finding.stage !== 'retracted');
  const optional = new Set(inspection.checklist.sections.flatMap((section) => section.items).filter((item) => item.optional).map((item) => item.id));
  const photos = [...inspection.evidence, ...findings.flatMap((finding) => finding.evidence)].filter((photo) => photo.retracted === null);
  return structuredClone({
    ...inspection.base,
    stage: inspection.stage,
    inspectors: inspection.inspectors,
    submitted: inspection.submitted,
    checklist: inspection.checklist,
    sections,
    items: shown,
    findings: inspection.findings,
    evidence: inspection.evidence,
    signatures: inspection.signatures,
    refusal: inspection.refusal,
    reviews: inspection.reviews,
    comments: inspection.comments,
    summary: {
      total: items.length,
      answered: items.filter((item) => item.verdict !== null).length,
      passed: count('pass'),
      failed: count('fail'),
      not_applicable: count('not_applicable'),
      not_checked: count('not_checked'),
      contested: items.filter((item) => item.contested.length > 0).length,
      open: items.filter((item) => item.verdict === null && !optional.has(item.key.split('@')[0] ?? '')).length,
      failed_without_finding: items.filter((item) => item.verdict === 'fail' && item.findings.length === 0).length,
      findings: findings.length,
      major: findings.filter((finding) => finding.grade === 'major').length,
      photos: photos.length,
    },
    needs_upgrade: false,
    waiting: 0,
  });
}

/** What differs between two views, as the core reports it. */
export function changeOf(before: InspectionView, after: InspectionView): InspectionChange {
  const old = new Map(before.items.map((item) => [item.key, JSON.stringify(item)]));
  const order = after.items.map((item) => item.key);
  return {
    id: after.id,
    stage: after.stage,
    sections: after.sections,
    changed: after.items.filter((item) => old.get(item.key) !== JSON.stringify(item)),
    order: before.items.map((item) => item.key).join() === order.join() ? null : order,
    findings: after.findings,
    evidence: after.evidence,
    signatures: after.signatures,
    refusal: after.refusal,
    summary: after.summary,
  };
}
