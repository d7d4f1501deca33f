/**
 * The backend of a trial: every act goes to the server together with those before it; the server folds and judges them with
 * the code of the devices and keeps nothing. What a trial does not have is refused.
 */
import { BackendError, toBackendError, type Backend } from '$shared/backend';
import type { CommandName, RequestOf, ResponseOf } from '$shared/backend/commands';
import type { FindingChanged, PhotoAttached } from '$shared/generated/app';
import type { PreviewAct, PreviewAnswer, PreviewRequest, PreviewStep, Session } from '$shared/generated/console';
import type { BlobId, FindingId, InspectionChange, InspectionId, InspectionView } from '$shared/generated/core';

/** The server's id for the one inspection of a trial. */
export const INSPECTION = '03030303-0303-0303-0303-030303030303' as InspectionId;

/** What is tried out: an uploaded file or a published version. */
export type Source = Pick<PreviewRequest, 'draft' | 'hash'>;

/** The source that an address names. */
export function sourceOf(search: string): Source {
  const query = new URLSearchParams(search);
  return { draft: query.get('draft'), hash: query.get('hash') as BlobId | null };
}

type Fetch = typeof fetch;
/** What the trial says itself: a name for its site, and why something is refused. */
type Words = { readonly site: string; readonly refusal: string };

export class PreviewBackend implements Backend {
  #source: Source;
  #words: Words;
  #fetch: Fetch;
  #csrf: Promise<string> | null = null;
  #acts: PreviewAct[] = [];
  #opened = Date.now();
  /** One at a time: each act is judged on those before it. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(source: Source, words: Words, fetcher: Fetch = (...args) => fetch(...args)) {
    this.#source = source;
    this.#words = words;
    this.#fetch = fetcher;
  }

  async call<C extends CommandName>(name: C, request: RequestOf<C>): Promise<ResponseOf<C>> {
    try {
      return (await this.#run(name, request)) as ResponseOf<C>;
    } catch (thrown) {
      throw toBackendError(thrown);
    }
  }

  attachPhoto(): Promise<PhotoAttached> {
    return Promise.reject(this.#refused());
  }

  photoUrl(): string {
    return '';
  }

  onEvent(): () => void {
    return () => undefined;
  }

  #refused(): BackendError {
    return new BackendError('not_allowed', this.#words.refusal);
  }

  #run(name: CommandName, given: unknown): Promise<unknown> {
    switch (name) {
      case 'open_inspection':
        return this.#view();
      case 'record_answer': {
        const { key, value } = given as RequestOf<'record_answer'>;
        return this.#act({ type: 'answer', key, value });
      }
      case 'set_note': {
        const { key, text } = given as RequestOf<'set_note'>;
        return this.#act({ type: 'note', key, text });
      }
      case 'pass_section': {
        const { section, instance } = given as RequestOf<'pass_section'>;
        return this.#act({ type: 'pass_section', section, instance });
      }
      case 'add_instance': {
        const { section, label } = given as RequestOf<'add_instance'>;
        return this.#act({ type: 'add_instance', section, label });
      }
      case 'retract_instance': {
        const { instance, reason } = given as RequestOf<'retract_instance'>;
        return this.#act({ type: 'retract_instance', instance, reason });
      }
      case 'comment': {
        const { key, text } = given as RequestOf<'comment'>;
        return this.#act({ type: 'comment', key, text }).then(async () => ({ inspection: await this.#view(), finding: null }));
      }
      case 'raise_finding': {
        const { key, grade, description, area, measure, responsible, deadline } = given as RequestOf<'raise_finding'>;
        return this.#finding({ type: 'raise', finding: { key, grade, description, area, measure, responsible, deadline } });
      }
      case 'edit_finding': {
        const { finding, ...change } = given as RequestOf<'edit_finding'>;
        return this.#finding({ type: 'edit', finding, change });
      }
      case 'retract_finding': {
        const { finding, reason } = given as RequestOf<'retract_finding'>;
        return this.#finding({ type: 'retract_finding', finding, reason });
      }
      case 'find_clause':
        return Promise.resolve([]);
      case 'compare_last':
      case 'save_place':
      case 'load_place':
        return Promise.resolve(null);
      default:
        return Promise.reject(this.#refused());
    }
  }

  async #view(): Promise<InspectionView> {
    const { view } = await this.#next(() => this.#send(null));
    if (!view) throw new BackendError('internal', 'an answer without a view');
    return { ...view, site_name: this.#words.site };
  }

  async #act(step: PreviewStep): Promise<InspectionChange> {
    return (await this.#play(step)).change;
  }

  async #finding(step: PreviewStep): Promise<FindingChanged> {
    const { change, id } = await this.#play(step);
    const finding = change.findings.find((one) => one.id === id);
    if (!finding) throw new BackendError('internal', 'an answer without its finding');
    return { finding, change };
  }

  #play(step: PreviewStep): Promise<{ change: InspectionChange; id: FindingId | null }> {
    const act: PreviewAct = { at: Date.now(), step };
    return this.#next(async () => {
      const { change, finding } = await this.#send(act);
      if (!change) throw new BackendError('internal', 'an answer without a change');
      this.#acts.push(act);
      return { change, id: finding };
    });
  }

  #next<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(run, run);
    this.#last = turn;
    return turn;
  }

  async #send(act: PreviewAct | null): Promise<PreviewAnswer> {
    const offset_minutes = -new Date().getTimezoneOffset();
    const body: PreviewRequest = { ...this.#source, opened: this.#opened, offset_minutes, acts: this.#acts, act };
    const headers = { 'content-type': 'application/json', 'x-davy-csrf': await this.#token() };
    return this.#json<PreviewAnswer>('/api/checklists/preview/answers', { method: 'POST', headers, body: JSON.stringify(body) });
  }

  /** The session's second token; asked for once, and again after it could not be had. */
  #token(): Promise<string> {
    this.#csrf ??= this.#json<Session>('/api/session', {}).then((session) => session.csrf);
    this.#csrf.catch(() => (this.#csrf = null));
    return this.#csrf;
  }

  async #json<T>(path: string, init: RequestInit): Promise<T> {
    let response: Response;
    try {
      response = await this.#fetch(path, { credentials: 'same-origin', ...init });
    } catch (thrown) {
      throw new BackendError('server_unreachable', String(thrown));
    }
    const body: unknown = await response.json().catch(() => null);
    if (response.ok && body !== null) return body as T;
    throw body === null ? new BackendError('internal', `the server answered ${response.status}`) : toBackendError(body);
  }
}
