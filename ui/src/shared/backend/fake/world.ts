/** What the in-memory backend starts with: sites, people, assignments, and inspections in every stage. */
import type { AssignmentCard, ChecklistCard, RecoveredPhoto, SiteCard } from '../../generated/app';
import type { AnswerValue, Author, BlobId, Checklist, EventId, FindingView, PersonId, PersonName, Position, SiteContact } from '../../generated/core';
import { demoChecklist, longChecklist } from './checklist';
import { confinedChecklist } from './confined';
import type { FakeInspection } from './record';

export type FakeSite = { card: SiteCard; areas: string[]; contacts: SiteContact[] };

let counter = 0;
export const newId = <T extends string>(): T => `00000000-0000-7000-8000-${(++counter).toString(16).padStart(12, '0')}` as T;
export const newHash = (): BlobId => (++counter).toString(16).padStart(64, '0') as BlobId;

export const ME: PersonName = { id: 'person-me' as PersonId, name: '张伟' };
export const COLLEAGUE: PersonName = { id: 'person-li' as PersonId, name: '李娜' };

const offset = 480;

export function author(person: PersonName, device: string, ms: number = Date.now()): Author {
  return { eid: newHash() as string as EventId, person: person.id, name: person.name, device, wall: { ms, offset_minutes: offset, source: 0 } };
}

const site = (id: string, name: string, enterprise: string, industry: string, region: string): FakeSite => ({
  card: { id: id as SiteCard['id'], name, enterprise, industry, region, address: `${region}矿山路 18 号`, findings: 0, major: 0 },
  areas: ['3301 采煤工作面', '主通风机房', '中央变电所', '井底车场'],
  contacts: [
    { duty: '企业主要负责人', name: '王建国' },
    { duty: '安全总监', name: '赵敏' },
  ],
});

export function startingInspection(site: FakeSite, checklist: Checklist, inspectors: PersonName[], started: number): FakeInspection {
  return {
    base: {
      id: newId(),
      scope: site.card.id as string as FakeInspection['base']['scope'],
      site: site.card.id,
      site_name: site.card.name,
      site_areas: site.areas,
      kind: 'enforcement',
      assignment: null,
      started: author(ME, '矿井平板 3', started),
      checklist_hash: newHash(),
    },
    stage: 'draft',
    checklist,
    inspectors,
    answers: new Map(),
    contested: new Map(),
    notes: new Map(),
    instances: [],
    evidence: [],
    findings: [],
    signatures: [],
    refusal: null,
    reviews: [],
    comments: [],
    redo: new Set(),
    withSection: new Set(),
    submitted: null,
    changed: started,
  };
}

export type World = {
  sites: FakeSite[];
  checklists: Checklist[];
  assignments: AssignmentCard[];
  inspections: Map<string, FakeInspection>;
  loose: FindingView[];
  recovered: RecoveredPhoto[];
  position: Position | null;
};

export function checklistCard(checklist: Checklist): ChecklistCard {
  return {
    id: checklist.id,
    version: checklist.version,
    hash: newHash(),
    industry: checklist.industry,
    title: checklist.title,
    here: true,
    items: checklist.sections.reduce((sum, section) => sum + section.items.length, 0),
  };
}

/** An accepted inspection of last month and one under way, whose readings are partly out of date. */
function confined(at: FakeSite, now: number): FakeInspection[] {
  const minute = 60_000;
  const last = startingInspection(at, confinedChecklist, [ME], now - 30 * 1440 * minute);
  last.stage = 'accepted';
  const present = startingInspection(at, confinedChecklist, [ME], now - 90 * minute);
  const say = (one: FakeInspection, key: string, value: AnswerValue, ms: number) => one.answers.set(key, { value, by: author(ME, '矿井平板 3', ms) });
  for (const key of ['permit', 'isolation', 'guardian', 'enter']) say(last, key, { type: 'verdict', value: 'pass' }, last.changed + 10 * minute);
  say(last, 'rescue', { type: 'verdict', value: 'fail' }, last.changed);
  for (const [key, value] of [['o2', '20.7'], ['lel', '2'], ['h2s', '1.5']] as const) say(last, key, { type: 'number', value }, last.changed + 9 * minute);
  say(present, 'o2', { type: 'number', value: '20.9' }, now - 18 * minute);
  say(present, 'lel', { type: 'number', value: '1' }, now - 55 * minute);
  return [last, present];
}

/** The demo: a draft under way, one returned, one contested, two assignments. `empty` has sites only. */
export function world(scene: 'demo' | 'empty'): World {
  const sites = [
    site('site-1', '清河二号煤矿', '清河煤业有限公司', 'coal-mines', '清河县'),
    site('site-2', '滨江商务区 B3 地块', '宏远建设集团', 'building-construction', '滨江区'),
    site('site-3', '东港石化储运站', '东港石化股份有限公司', 'hazardous-chemicals', '东港市'),
  ];
  const built: World = { sites, checklists: [demoChecklist, confinedChecklist, longChecklist()], assignments: [], inspections: new Map(), loose: [], recovered: [], position: null };
  const [mine, building, port] = sites;
  if (scene === 'empty' || !mine || !building || !port) return built;
  const hour = 3_600_000;
  const now = Date.now();
  const draft = startingInspection(mine, demoChecklist, [ME, COLLEAGUE], now - 2 * hour);
  draft.answers.set('fan', { value: { type: 'verdict', value: 'pass' }, by: author(ME, '矿井平板 3', now - hour) });
  draft.answers.set('air_doors', { value: { type: 'verdict', value: 'not_applicable' }, by: author(ME, '矿井平板 3', now - hour) });
  const returned = startingInspection(building, demoChecklist, [ME], now - 50 * hour);
  returned.stage = 'returned';
  returned.answers.set('drill', { value: { type: 'verdict', value: 'pass' }, by: author(ME, '矿井平板 3', now - 48 * hour) });
  returned.redo.add('drill').add('fan');
  returned.reviews.push({ outcome: 'returned', items: ['drill', 'fan'], comment: '请补充备用风机切换记录的照片。', stale: false, by: author({ id: 'p-s' as PersonId, name: '陈监管' }, '控制台', now - 5 * hour) });
  const contested = startingInspection(port, demoChecklist, [ME, COLLEAGUE], now - 26 * hour);
  contested.contested.set('sensors', [
    { value: { type: 'verdict', value: 'pass' }, verdict: 'pass', by: author(ME, '矿井平板 3', now - 25 * hour) },
    { value: { type: 'verdict', value: 'fail' }, verdict: 'fail', by: author(COLLEAGUE, '矿井手机 7', now - 24 * hour) },
  ]);
  for (const one of [draft, returned, contested, ...confined(port, now)]) built.inspections.set(one.base.id, one);
  const assignment = (at: FakeSite, due: number, overdue: boolean, note: string | null): AssignmentCard => ({
    id: newId(),
    site: at.card.id,
    site_name: at.card.name,
    checklist: 'coal-mines',
    checklist_title: demoChecklist.title,
    kind: overdue ? 'review' : 'enforcement',
    due: new Date(now + due * 24 * hour).toISOString().slice(0, 10),
    overdue,
    note,
    state: 'open',
    inspection: null,
  });
  built.assignments.push(assignment(port, -2, true, '重点查看罐区可燃气体报警。'), assignment(mine, 3, false, null));
  return built;
}
