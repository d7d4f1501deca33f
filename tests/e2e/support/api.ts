/** A person's session at the console API: what a test needs beside the screens, and what the server really holds. */
import type { EnrolmentCode, InspectionPage, FindingRow, Page, PersonRow, RegionNode, SitePage } from '../../../ui/src/shared/generated/console';
import type { Checklist, Item } from '../../../ui/src/shared/generated/core';
import { SERVER, login } from './settings';

type ChecklistRow = { id: string; hash: string };

/** A site for one test alone, so that what tests record does not meet. */
export type Place = { id: string; name: string };

export class Api {
  #cookie: string;
  #csrf: string;

  private constructor(cookie: string, csrf: string) {
    this.#cookie = cookie;
    this.#csrf = csrf;
  }

  /** Signs in as somebody of the demo organisation, by role or login. */
  static async as(who: string): Promise<Api> {
    const { login: name, password } = login(who);
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${SERVER}/api/session`, { method: 'POST', headers, body: JSON.stringify({ login: name, password }) });
    if (!response.ok) throw new Error(`sign in as ${who}: ${response.status} ${await response.text()}`);
    const cookie = response.headers.getSetCookie().map((line) => line.split(';')[0]).join('; ');
    return new Api(cookie, ((await response.json()) as { csrf: string }).csrf);
  }

  async get(path: string): Promise<Response> {
    const response = await fetch(`${SERVER}/api${path}`, { headers: { cookie: this.#cookie } });
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
    return response;
  }

  async read<T>(path: string): Promise<T> {
    return (await (await this.get(path)).json()) as T;
  }

  async post<T>(path: string, body: unknown): Promise<T> {
    const headers = { cookie: this.#cookie, 'x-davy-csrf': this.#csrf, 'content-type': 'application/json' };
    const response = await fetch(`${SERVER}/api${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  /** The bytes of a photograph; `null` while they are not here. */
  async blob(sha256: string): Promise<Buffer | null> {
    const response = await fetch(`${SERVER}/api/blobs/${sha256}`, { headers: { cookie: this.#cookie } });
    return response.ok ? Buffer.from(await response.arrayBuffer()) : null;
  }

  async person(name: string): Promise<PersonRow> {
    const found = (await this.read<PersonRow[]>('/people')).find((one) => one.name === name);
    if (!found) throw new Error(`nobody is called ${name}`);
    return found;
  }

  /** A one-time code for a person. */
  async code(person: string, minutes: number): Promise<EnrolmentCode> {
    return this.post('/enrolment-codes', { person: (await this.person(person)).id, minutes });
  }

  /** Makes a coal mine in the county of the demo's inspectors. */
  async mine(name: string, areas: string[]): Promise<Place> {
    return this.site(name, 'coal-mines', areas);
  }

  /** Makes a site of an industry in that county. */
  async site(name: string, industry: string, areas: string[]): Promise<Place> {
    const regions = await this.read<RegionNode[]>('/regions');
    const county = regions.find((one) => one.name === '石桥县');
    if (!county) throw new Error('the demo organisation has no 石桥县');
    const contacts = [{ duty: '安全员', name: '马俊' }];
    const body = { name, enterprise: `${name}有限公司`, industry, region: county.id, address: '云岭省石桥县', areas, contacts };
    const page = await this.post<SitePage>('/sites', body);
    return { id: page.id, name };
  }

  /** The newest version of a checklist. */
  async checklist(id: string): Promise<Checklist> {
    const row = (await this.read<ChecklistRow[]>('/checklists')).find((one) => one.id === id);
    if (!row) throw new Error(`no checklist ${id} is published`);
    return this.read(`/checklists/${row.hash}`);
  }

  /** The items of the newest version of a checklist, by their ids. */
  async items(id: string): Promise<Map<string, Item>> {
    const checklist = await this.checklist(id);
    return new Map(checklist.sections.flatMap((section) => section.items.map((item) => [item.id, item] as const)));
  }

  inspection(id: string): Promise<InspectionPage> {
    return this.read(`/inspections/${id}`);
  }

  /** The findings whose words contain something. */
  async findings(words: string): Promise<FindingRow[]> {
    return (await this.read<Page<FindingRow>>(`/findings?q=${encodeURIComponent(words)}`)).rows;
  }
}
