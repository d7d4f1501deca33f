/**
 * The field app's commands with their requests and responses, as `crates/davy-app` registers them.
 * A command that is not in this list cannot be called.
 */
import type {
  AppEvent,
  AppStatus,
  FinishView,
  PhotoAttached,
  RecordDelivery,
  SiteCard,
  SiteView,
  SyncStatus,
  TodayView,
} from '../generated/app';
import type {
  AnswerValue,
  AssignmentId,
  BlobId,
  EntityId,
  FindingId,
  FindingView,
  Grade,
  InspectionChange,
  InspectionId,
  InspectionKind,
  InspectionView,
  InstanceId,
  ItemKey,
  PersonId,
  PersonName,
  PhotoSource,
  Position,
  SignerRole,
  SiteId,
} from '../generated/core';

export type { AppEvent };

type None = Record<string, never>;
type Owner = { inspection: InspectionId | null; finding: FindingId | null };
type Command<Request, Response> = { request: Request; response: Response };

/** Answer to what changes a finding; `change` is present when its inspection changed with it. */
export type FindingChanged = { finding: FindingView; change: InspectionChange | null };

/** Answer to a comment. */
export type Commented = { inspection: InspectionView | null; finding: FindingView | null };

/** What is said about a photograph beside its bytes. */
export type PhotoMetadata = Owner & {
  key: ItemKey | null;
  source: PhotoSource;
  name: string | null;
  captured_at: number | null;
  position: Position | null;
};

/** Fields of a finding: `null` leaves one as it is, an empty text clears it. */
export type FindingEdit = {
  finding: FindingId;
  description?: string | null;
  area?: string | null;
  measure?: string | null;
  responsible?: string | null;
  deadline?: string | null;
  grade?: Grade | null;
};

export type Commands = {
  app_status: Command<None, AppStatus>;
  enrol: Command<{ server: string; code: string; pin: string; device_name: string }, AppStatus>;
  unlock: Command<{ pin: string }, AppStatus>;
  unlock_with_keychain: Command<None, AppStatus>;
  lock: Command<None, AppStatus>;
  today: Command<None, TodayView>;
  list_sites: Command<{ query: string | null }, SiteCard[]>;
  site_page: Command<{ site: SiteId }, SiteView>;
  list_colleagues: Command<None, PersonName[]>;
  start_inspection: Command<
    { site: SiteId; checklist: string; kind: InspectionKind; assignment: AssignmentId | null; second_inspector: PersonId | null },
    InspectionView
  >;
  open_inspection: Command<{ inspection: InspectionId }, InspectionView>;
  record_answer: Command<{ inspection: InspectionId; key: ItemKey; value: AnswerValue | null }, InspectionChange>;
  set_note: Command<{ inspection: InspectionId; key: ItemKey; text: string }, InspectionChange>;
  resolve_answer: Command<
    { inspection: InspectionId; key: ItemKey; value: AnswerValue | null; reason: string },
    InspectionChange
  >;
  add_instance: Command<{ inspection: InspectionId; section: string; label: string }, InspectionChange>;
  retract_instance: Command<{ inspection: InspectionId; instance: InstanceId; reason: string }, InspectionChange>;
  adopt_photo: Command<Owner & { sha256: BlobId; key: ItemKey | null }, PhotoAttached>;
  discard_recovered_photo: Command<{ sha256: BlobId }, TodayView>;
  caption_evidence: Command<Owner & { evidence: EntityId; caption: string }, PhotoAttached>;
  retract_evidence: Command<Owner & { evidence: EntityId; reason: string }, PhotoAttached>;
  raise_finding: Command<
    {
      inspection: InspectionId | null;
      key: ItemKey | null;
      site: SiteId;
      grade: Grade;
      description: string;
      area: string | null;
      measure: string | null;
      responsible: string | null;
      deadline: string | null;
    },
    FindingChanged
  >;
  edit_finding: Command<FindingEdit, FindingChanged>;
  retract_finding: Command<{ finding: FindingId; reason: string }, FindingChanged>;
  comment: Command<Owner & { key: ItemKey | null; text: string }, Commented>;
  list_findings: Command<{ query: string | null; grade: Grade | null; site: SiteId | null }, FindingView[]>;
  finding_page: Command<{ finding: FindingId }, FindingView>;
  sign: Command<
    { inspection: InspectionId; role: SignerRole; name: string; duty: string | null; png_base64: string },
    InspectionChange
  >;
  refuse_signature: Command<{ inspection: InspectionId; reason: string; witness: string }, InspectionChange>;
  finish_view: Command<{ inspection: InspectionId }, FinishView>;
  submit_inspection: Command<{ inspection: InspectionId; remark: string | null }, InspectionView>;
  save_place: Command<{ place: string }, null>;
  load_place: Command<None, string | null>;
  sync_status: Command<None, SyncStatus>;
  sync_now: Command<None, SyncStatus>;
  list_deliveries: Command<None, RecordDelivery[]>;
};

export type CommandName = keyof Commands;
export type RequestOf<C extends CommandName> = Commands[C]['request'];
export type ResponseOf<C extends CommandName> = Commands[C]['response'];
