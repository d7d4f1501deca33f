/** One small function a command. */
import type { AppStatus, InspectionCard, SiteCard, TodayView } from '../../generated/app';
import type { AnswerValue, EntityId, EvidenceView, InspectionChange, Item, SignerRole } from '../../generated/core';
import type { CommandName, PhotoMetadata, RequestOf, ResponseOf } from '../commands';
import { BackendError } from '../error';
import { findingCommands } from './findings';
import { libraryCommands } from './library';
import type { FakeState } from './index';
import { accepts } from './judge';
import { allFindings, findFinding, findInspection } from './lookup';
import { place } from './photos';
import { changeOf, staleReadings, viewOf, type FakeInspection } from './record';
import { author, checklistCard, COLLEAGUE, ME, newHash, newId, startingInspection, type FakeSite } from './world';

export type Handlers = { [C in CommandName]: (request: RequestOf<C>) => ResponseOf<C> };

export function commands(state: FakeState, unlocked: AppStatus): Handlers {
  const me = () => author(ME, '矿井平板 3');
  function edit(id: string, act: (inspection: FakeInspection) => void): InspectionChange {
    const inspection = findInspection(state, id);
    if (inspection.stage === 'submitted' || inspection.stage === 'accepted') throw new BackendError('already_submitted', 'submitted');
    const before = viewOf(inspection);
    act(inspection);
    inspection.changed = Date.now();
    return changeOf(before, viewOf(inspection));
  }
  const open = (status: AppStatus) => (state.status = status);
  return {
    app_status: () => state.status,
    check_code: ({ code }) => {
      if (/mistyped/i.test(code)) throw new BackendError('code_malformed', 'mistyped');
      return null;
    },
    enrol: ({ code }) => {
      if (/expired/i.test(code)) throw new BackendError('code_expired', 'expired');
      return open(unlocked);
    },
    unlock: ({ pin }) => {
      if (pin === '000000') throw new BackendError('wrong_pin', 'wrong', { wait_seconds: 30 });
      return open(unlocked);
    },
    unlock_with_keychain: () => open(unlocked),
    lock: () => open({ stage: 'locked', organisation: '清河市应急管理局', person: '张伟', wait_seconds: 0, failed_attempts: 0, keychain: true }),
    today: () => today(state),
    list_sites: ({ query }) => state.world.sites.map((site) => siteCard(state, site)).filter((card) => !query || `${card.name}${card.enterprise}`.includes(query)),
    site_page: ({ site }) => {
      const found = state.world.sites.find((one) => one.card.id === site);
      if (!found) throw new BackendError('not_found', 'no site');
      return {
        card: siteCard(state, found),
        areas: found.areas,
        contacts: found.contacts,
        inspections: cards(state).filter((card) => card.site === site),
        findings: allFindings(state).filter((finding) => finding.site === site),
        checklists: state.world.checklists.map(checklistCard),
      };
    },
    list_colleagues: () => [COLLEAGUE],
    start_inspection: (request) => {
      const site = state.world.sites.find((one) => one.card.id === request.site);
      const checklist = state.world.checklists.find((one) => one.id === request.checklist);
      if (!site || !checklist) throw new BackendError('not_found', 'no site or checklist');
      const inspection = startingInspection(site, checklist, request.second_inspector ? [ME, COLLEAGUE] : [ME], Date.now());
      inspection.base.kind = request.kind;
      state.world.inspections.set(inspection.base.id, inspection);
      return viewOf(inspection);
    },
    open_inspection: ({ inspection }) => viewOf(findInspection(state, inspection)),
    record_answer: ({ inspection, key, value }) =>
      edit(inspection, (one) => {
        insist(one, key, value);
        one.withSection.delete(key);
        one.answers.set(key, { value, by: me() });
        one.redo.delete(key);
      }),
    set_note: ({ inspection, key, text }) => edit(inspection, (one) => void one.notes.set(key, text)),
    resolve_answer: ({ inspection, key, value }) =>
      edit(inspection, (one) => {
        one.contested.delete(key);
        one.answers.set(key, { value, by: me() });
      }),
    add_instance: ({ inspection, section, label }) => edit(inspection, (one) => void one.instances.push({ id: newId(), section, label })),
    retract_instance: ({ inspection, instance }) =>
      edit(inspection, (one) => {
        one.instances = one.instances.filter((place) => place.id !== instance);
      }),
    adopt_photo: (request) => place(state, request, recoveredEvidence(state, request)),
    discard_recovered_photo: ({ sha256 }) => {
      state.world.recovered = state.world.recovered.filter((photo) => photo.sha256 !== sha256);
      return today(state);
    },
    caption_evidence: (request) => changePhoto(state, request, (photo) => (photo.caption = request.caption)),
    annotate_evidence: (request) => changePhoto(state, request, (photo) => (photo.marks = request.marks)),
    retract_evidence: (request) => changePhoto(state, request, (photo) => (photo.retracted = request.reason)),
    ...findingCommands(state),
    ...libraryCommands(state),
    pass_section: ({ inspection, section, instance }) =>
      edit(inspection, (one) => {
        const passable = new Set(one.checklist.sections.find((here) => here.id === section)?.items.filter(isPassable).map((item) => item.id));
        const open = viewOf(one).items.filter((item) => item.section === section && (item.key.split('@')[1] ?? null) === instance && item.verdict === null);
        const keys = open.map((item) => item.key).filter((key) => passable.has(key.split('@')[0] ?? ''));
        if (keys.length === 0) throw new BackendError('nothing_open', 'nothing waits for a pass');
        for (const key of keys) {
          one.answers.set(key, { value: { type: 'verdict', value: 'pass' }, by: me() });
          one.withSection.add(key);
          one.redo.delete(key);
        }
      }),
    comment: ({ inspection, finding, key, text }) => {
      const comment = { key, text, by: me() };
      if (finding) {
        const found = findFinding(state, finding).finding;
        found.comments.push(comment);
        return { inspection: null, finding: structuredClone(found) };
      }
      const one = findInspection(state, inspection);
      one.comments.push(comment);
      return { inspection: viewOf(one), finding: null };
    },
    sign: ({ inspection, role, name, duty, png_base64 }) =>
      edit(inspection, (one) => {
        const image = newHash();
        state.images.set(image, `data:image/png;base64,${png_base64}`);
        one.signatures = [...one.signatures.filter((signature) => signature.role !== role), { role, name, duty, image, by: me() }];
      }),
    refuse_signature: ({ inspection, reason, witness }) => edit(inspection, (one) => (one.refusal = { reason, witness, by: me() })),
    finish_view: ({ inspection }) => finish(findInspection(state, inspection)),
    submit_inspection: ({ inspection }) => {
      const one = findInspection(state, inspection);
      one.stage = 'submitted';
      one.submitted = me();
      return viewOf(one);
    },
    save_place: ({ place: stored }) => {
      state.place = stored;
      return null;
    },
    load_place: () => state.place,
    sync_status: () => state.sync,
    sync_now: () => (state.sync = { ...state.sync, phase: 'idle', problem: null, last_contact: Date.now(), saved: 0, waiting: 0, delivered: 8, events_waiting: 0, blobs_waiting: 0, bytes_waiting: 0 }),
    network_changed: () => state.sync,
    list_deliveries: () =>
      cards(state).map((card, index) => ({
        inspection: card.id,
        finding: null,
        title: card.site_name,
        delivery: (['saved', 'waiting', 'sent', 'delivered'] as const)[index % 4] ?? 'saved',
        events: 12 + index,
        events_delivered: index === 3 ? 15 : index,
        blobs: 4,
        blobs_delivered: index === 3 ? 4 : index,
        changed_at: card.changed_at,
        problem: null,
      })),
  };
}

function isPassable(item: Item): boolean {
  return (item.response ?? { type: 'pass_fail' }).type === 'pass_fail' && (item.needs_fresh ?? []).length === 0;
}

/** Refuses what the core refuses: an implausible reading, a pass on readings that are not in date. */
function insist(inspection: FakeInspection, key: string, value: AnswerValue | null): void {
  const [id = '', instance = null] = key.split('@');
  const item = inspection.checklist.sections.flatMap((section) => section.items).find((one) => one.id === id);
  if (!item) throw new BackendError('not_found', `no item ${id}`);
  if (item.accept && !accepts(item, value)) {
    throw new BackendError('invalid', 'not accepted', { field: 'value', reason: 'not_accepted', values: { ...item.accept.text } });
  }
  const stale = value?.type === 'verdict' && value.value === 'pass' ? staleReadings(inspection, item, instance, Date.now()) : [];
  if (stale.length > 0) throw new BackendError('stale_reading', 'readings are not in date', { readings: stale });
}

function changePhoto(state: FakeState, request: { inspection: string | null; finding: string | null; evidence: EntityId }, act: (photo: EvidenceView) => void) {
  const owner = request.finding ? findFinding(state, request.finding) : { finding: null, inspection: findInspection(state, request.inspection) };
  const before = owner.inspection ? viewOf(owner.inspection) : null;
  const list = owner.finding ? owner.finding.evidence : (owner.inspection?.evidence ?? []);
  const photo = list.find((one) => one.id === request.evidence);
  if (!photo) throw new BackendError('not_found', 'no photo');
  act(photo);
  return { evidence: structuredClone(photo), change: owner.inspection && before ? changeOf(before, viewOf(owner.inspection)) : null };
}

function recoveredEvidence(state: FakeState, request: { sha256: EvidenceView['original']; key: PhotoMetadata['key'] }): EvidenceView {
  state.world.recovered = state.world.recovered.filter((photo) => photo.sha256 !== request.sha256);
  const image = request.sha256;
  return { id: newId(), key: request.key, original: image, size: 1, media_type: 'image/jpeg', thumbnail: image, preview: image, defect: null, source: 'camera', name: null, captured_at: null, position: null, caption: null, width: 1600, height: 1200, marks: [], retracted: null, by: author(ME, '矿井平板 3') };
}

function siteCard(state: FakeState, site: FakeSite): SiteCard {
  const here = allFindings(state).filter((finding) => finding.site === site.card.id && finding.stage !== 'retracted');
  return { ...site.card, findings: here.length, major: here.filter((finding) => finding.grade === 'major').length };
}

function cards(state: FakeState): InspectionCard[] {
  return [...state.world.inspections.values()].map((one) => ({
    id: one.base.id,
    site: one.base.site,
    site_name: one.base.site_name,
    checklist_title: one.checklist.title,
    kind: one.base.kind,
    stage: one.stage,
    started_at: one.base.started.wall.ms,
    changed_at: one.changed,
    summary: viewOf(one).summary,
    redo: one.redo.size,
    delivery: one.stage === 'draft' ? 'saved' : 'waiting',
  }));
}

function today(state: FakeState): TodayView {
  const all = cards(state);
  return {
    assignments: state.world.assignments,
    drafts: all.filter((card) => card.stage === 'draft' && card.summary.contested === 0),
    returned: all.filter((card) => card.stage === 'returned'),
    contested: all.filter((card) => card.summary.contested > 0),
    recent: all.filter((card) => card.stage === 'submitted' || card.stage === 'accepted'),
    recovered_photos: state.world.recovered,
  };
}

function finish(inspection: FakeInspection): ResponseOf<'finish_view'> {
  const view = viewOf(inspection);
  const optional = new Set(view.checklist.sections.flatMap((section) => section.items).filter((item) => item.optional).map((item) => item.id));
  const keys = (test: (item: (typeof view.items)[number]) => boolean) => view.items.filter(test).map((item) => item.key);
  const second: SignerRole[] = view.inspectors.length > 1 ? ['second_inspector'] : [];
  const roles: SignerRole[] = ['inspector', ...second, 'site_representative'];
  const missing = roles.filter((role) => !view.signatures.some((one) => one.role === role) && !(role === 'site_representative' && view.refusal));
  return {
    open: keys((item) => item.verdict === null && !optional.has(item.key.split('@')[0] ?? '')),
    failed_without_finding: keys((item) => item.verdict === 'fail' && item.findings.length === 0),
    contested: keys((item) => item.contested.length > 0),
    redo: keys((item) => item.redo),
    missing_signatures: missing,
    can_submit: missing.length === 0 && view.summary.contested === 0,
  };
}
