// Generated from the command registry. Do not edit.

import type { AddInstance, AdoptPhoto, AnnotateEvidence, AppStatus, CaptionEvidence, CheckCode, ClauseHit, Comment, Commented, CompareLast, DiscardRecoveredPhoto, EditFinding, Enrol, FindClause, FindingChanged, FindingPage, Finish, FinishView, LastInspection, ListFindings, ListSites, None, OpenInspection, PassSection, PhotoAttached, RaiseFinding, RecordAnswer, RecordDelivery, RefuseSignature, ResolveAnswer, RetractEvidence, RetractFinding, RetractInstance, SavePlace, SetNote, Sign, SiteCard, SitePage, SiteView, StartInspection, SubmitInspection, SyncStatus, TodayView, Unlock } from "./app";
import type { FindingView, InspectionChange, InspectionView, PersonName } from "./core";

export type Commands = {
  app_status: { request: None; response: AppStatus };
  check_code: { request: CheckCode; response: null };
  enrol: { request: Enrol; response: AppStatus };
  unlock: { request: Unlock; response: AppStatus };
  unlock_with_keychain: { request: None; response: AppStatus };
  lock: { request: None; response: AppStatus };
  sync_status: { request: None; response: SyncStatus };
  sync_now: { request: None; response: SyncStatus };
  network_changed: { request: None; response: SyncStatus };
  today: { request: None; response: TodayView };
  list_sites: { request: ListSites; response: Array<SiteCard> };
  site_page: { request: SitePage; response: SiteView };
  list_colleagues: { request: None; response: Array<PersonName> };
  start_inspection: { request: StartInspection; response: InspectionView };
  open_inspection: { request: OpenInspection; response: InspectionView };
  record_answer: { request: RecordAnswer; response: InspectionChange };
  pass_section: { request: PassSection; response: InspectionChange };
  compare_last: { request: CompareLast; response: LastInspection | null };
  set_note: { request: SetNote; response: InspectionChange };
  resolve_answer: { request: ResolveAnswer; response: InspectionChange };
  add_instance: { request: AddInstance; response: InspectionChange };
  retract_instance: { request: RetractInstance; response: InspectionChange };
  adopt_photo: { request: AdoptPhoto; response: PhotoAttached };
  discard_recovered_photo: { request: DiscardRecoveredPhoto; response: TodayView };
  caption_evidence: { request: CaptionEvidence; response: PhotoAttached };
  annotate_evidence: { request: AnnotateEvidence; response: PhotoAttached };
  retract_evidence: { request: RetractEvidence; response: PhotoAttached };
  raise_finding: { request: RaiseFinding; response: FindingChanged };
  edit_finding: { request: EditFinding; response: FindingChanged };
  retract_finding: { request: RetractFinding; response: FindingChanged };
  comment: { request: Comment; response: Commented };
  list_findings: { request: ListFindings; response: Array<FindingView> };
  finding_page: { request: FindingPage; response: FindingView };
  sign: { request: Sign; response: InspectionChange };
  refuse_signature: { request: RefuseSignature; response: InspectionChange };
  finish_view: { request: Finish; response: FinishView };
  submit_inspection: { request: SubmitInspection; response: InspectionView };
  save_place: { request: SavePlace; response: null };
  load_place: { request: None; response: string | null };
  find_clause: { request: FindClause; response: Array<ClauseHit> };
  list_deliveries: { request: None; response: Array<RecordDelivery> };
};
