// Every endpoint of the console API as a typed function: the only place that knows its addresses.

import type { Checklist } from '$shared/generated/core';
import type {
  AssignmentRequest,
  AssignmentRow,
  ChecklistRow,
  CommentRequest,
  Dashboard,
  DeviceRow,
  DraftPage,
  DraftRow,
  EnrolmentCode,
  EnrolmentCodeRequest,
  FindingPage,
  FindingRow,
  GradeRequest,
  InspectionPage,
  InspectionRow,
  OpenCode,
  Page,
  PersonRequest,
  PersonRow,
  PublishRequest,
  RegionNode,
  ResolveRequest,
  RetireRequest,
  ReviewRequest,
  RevokeRequest,
  SearchHit,
  Session,
  SignInRequest,
  SitePage,
  SiteRequest,
  SiteRow,
  SystemPage,
} from '$shared/generated/console';
import type { Query } from '../router/routes';
import type { Client } from './client';

const id = encodeURIComponent;

/** The API bound to a client. */
export function endpoints(http: Client) {
  return {
    session: () => http.get<Session>('/session'),
    signIn: (body: SignInRequest) => http.post<Session>('/session', body),
    signOut: () => http.delete('/session'),

    dashboard: (signal?: AbortSignal) => http.get<Dashboard>('/dashboard', {}, signal),
    search: (q: string, signal?: AbortSignal) => http.get<SearchHit[]>('/search', { q }, signal),

    inspections: (query: Query, signal?: AbortSignal) => http.get<Page<InspectionRow>>('/inspections', query, signal),
    inspection: (key: string, signal?: AbortSignal) => http.get<InspectionPage>(`/inspections/${id(key)}`, {}, signal),
    review: (key: string, body: ReviewRequest) => http.post<InspectionPage>(`/inspections/${id(key)}/review`, body),
    commentInspection: (key: string, body: CommentRequest) => http.post<InspectionPage>(`/inspections/${id(key)}/comments`, body),
    resolve: (key: string, body: ResolveRequest) => http.post<InspectionPage>(`/inspections/${id(key)}/resolve`, body),

    findings: (query: Query, signal?: AbortSignal) => http.get<Page<FindingRow>>('/findings', query, signal),
    finding: (key: string, signal?: AbortSignal) => http.get<FindingPage>(`/findings/${id(key)}`, {}, signal),
    grade: (key: string, body: GradeRequest) => http.post<FindingPage>(`/findings/${id(key)}/grade`, body),
    commentFinding: (key: string, text: string) => http.post<FindingPage>(`/findings/${id(key)}/comments`, { text }),

    sites: (query: Query, signal?: AbortSignal) => http.get<Page<SiteRow>>('/sites', query, signal),
    site: (key: string, signal?: AbortSignal) => http.get<SitePage>(`/sites/${id(key)}`, {}, signal),
    createSite: (body: SiteRequest) => http.post<SitePage>('/sites', body),
    changeSite: (key: string, body: SiteRequest) => http.put<SitePage>(`/sites/${id(key)}`, body),
    regions: (signal?: AbortSignal) => http.get<RegionNode[]>('/regions', {}, signal),

    people: (q: string, signal?: AbortSignal) => http.get<PersonRow[]>('/people', { q }, signal),
    createPerson: (body: PersonRequest) => http.post<PersonRow>('/people', body),

    assignments: (signal?: AbortSignal) => http.get<AssignmentRow[]>('/assignments', {}, signal),
    createAssignment: (body: AssignmentRequest) => http.post<AssignmentRow>('/assignments', body),

    openCodes: (signal?: AbortSignal) => http.get<OpenCode[]>('/enrolment-codes', {}, signal),
    createCode: (body: EnrolmentCodeRequest) => http.post<EnrolmentCode>('/enrolment-codes', body),
    withdrawCode: (key: string) => http.delete(`/enrolment-codes/${id(key)}`),
    devices: (signal?: AbortSignal) => http.get<DeviceRow[]>('/devices', {}, signal),
    revoke: (stream: string, body: RevokeRequest) => http.post<DeviceRow | null>(`/devices/${id(stream)}/revoke`, body),

    checklists: (query: Query, signal?: AbortSignal) => http.get<ChecklistRow[]>('/checklists', query, signal),
    checklist: (hash: string, signal?: AbortSignal) => http.get<Checklist>(`/checklists/${id(hash)}`, {}, signal),

    placeChecklist: (hash: string, body: PublishRequest) => http.put<ChecklistRow>(`/checklists/${id(hash)}/places`, body),
    retireChecklist: (hash: string, body: RetireRequest) => http.post<ChecklistRow>(`/checklists/${id(hash)}/retire`, body),

    drafts: (signal?: AbortSignal) => http.get<DraftRow[]>('/checklist-drafts', {}, signal),
    draft: (key: string, signal?: AbortSignal) => http.get<DraftPage>(`/checklist-drafts/${id(key)}`, {}, signal),
    uploadDraft: (name: string, file: Blob) => http.upload<DraftPage>('POST', '/checklist-drafts', { name }, file),
    replaceDraft: (key: string, name: string, file: Blob) => http.upload<DraftPage>('PUT', `/checklist-drafts/${id(key)}`, { name }, file),
    publishDraft: (key: string, body: PublishRequest) => http.post<ChecklistRow>(`/checklist-drafts/${id(key)}/publish`, body),
    discardDraft: (key: string) => http.delete(`/checklist-drafts/${id(key)}`),

    system: (signal?: AbortSignal) => http.get<SystemPage>('/system', {}, signal),
  };
}

/** The API. */
export type Api = ReturnType<typeof endpoints>;

/** Address of an uploaded file as it was; the cookie authorises it. */
export function draftSourceUrl(key: string): string {
  return `/api/checklist-drafts/${id(key)}/source`;
}

/** Address of a blob's bytes; the cookie authorises it. */
export function blobUrl(sha256: string): string {
  return `/api/blobs/${id(sha256)}`;
}
