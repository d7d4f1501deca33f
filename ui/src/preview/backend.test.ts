/** The backend of a trial: what it sends, in which order, and what it refuses. */
import { describe, expect, it } from 'vitest';
import type { PreviewRequest } from '$shared/generated/console';
import type { FindingId, ItemKey } from '$shared/generated/core';
import { INSPECTION, PreviewBackend, sourceOf } from './backend';

const WORDS = { site: 'Trial site', refusal: 'not here' };
type Sent = { path: string; csrf: string | null; body: PreviewRequest | null };

function answers(answer: (body: PreviewRequest) => [number, unknown]): { backend: PreviewBackend; sent: Sent[] } {
  const sent: Sent[] = [];
  const fetcher = ((path: string, init: RequestInit = {}) => {
    const body = typeof init.body === 'string' ? (JSON.parse(init.body) as PreviewRequest) : null;
    sent.push({ path, csrf: new Headers(init.headers).get('x-davy-csrf'), body });
    const [status, value] = body === null ? [200, { csrf: 'token' }] : answer(body);
    return Promise.resolve(new Response(JSON.stringify(value), { status }));
  }) as typeof fetch;
  return { backend: new PreviewBackend(sourceOf('?draft=d1'), WORDS, fetcher), sent };
}

const change = { findings: [], items: [] };
const pass = { type: 'verdict', value: 'pass' } as const;
const record = (key: string): Parameters<PreviewBackend['call']>[1] => ({ inspection: INSPECTION, key: key as ItemKey, value: pass });

describe('a trial', () => {
  it('sends what was done before with each act, one after another, with the token of the session', async () => {
    const { backend, sent } = answers(() => [200, { view: null, change, finding: null }]);
    await Promise.all([backend.call('record_answer', record('a') as never), backend.call('record_answer', record('b') as never)]);
    const acts = sent.filter((one) => one.body !== null).map((one) => one.body);
    expect(acts.map((body) => [body?.acts.length, body?.act?.step])).toEqual([
      [0, { type: 'answer', key: 'a', value: pass }],
      [1, { type: 'answer', key: 'b', value: pass }],
    ]);
    expect(acts[0]?.draft).toBe('d1');
    expect(sent.map((one) => one.csrf)).toEqual([null, 'token', 'token']);
  });

  it('forgets an act that the server refuses and says why as a device does', async () => {
    const refusal = { code: 'invalid', message: 'value: misfit', details: { field: 'value', reason: 'misfit', values: {} } };
    const { backend, sent } = answers((body) => (body.act?.step.type === 'answer' && body.acts.length === 0 && sent.length < 3 ? [422, refusal] : [200, { view: null, change, finding: null }]));
    await expect(backend.call('record_answer', record('a') as never)).rejects.toMatchObject({ code: 'invalid', details: { reason: 'misfit' } });
    await backend.call('record_answer', record('b') as never);
    expect(sent.at(-1)?.body?.acts).toEqual([]);
  });

  it('answers a finding with what the server made of it', async () => {
    const finding = { id: 'f1' as FindingId };
    const { backend } = answers(() => [200, { view: null, change: { ...change, findings: [finding] }, finding: 'f1' }]);
    await expect(backend.call('retract_finding', { finding: finding.id, reason: 'x' })).resolves.toMatchObject({ finding });
  });

  it('has no photographs, no signatures and no place to keep', async () => {
    const { backend, sent } = answers(() => [500, null]);
    await expect(backend.attachPhoto()).rejects.toMatchObject({ code: 'not_allowed', message: 'not here' });
    await expect(backend.call('submit_inspection', { inspection: INSPECTION, remark: null } as never)).rejects.toMatchObject({ code: 'not_allowed' });
    await expect(backend.call('load_place', {})).resolves.toBeNull();
    expect(sent).toEqual([]);
  });

  it('says that the server cannot be reached, and goes on when it can', async () => {
    let down = true;
    const fetcher = (() => (down ? Promise.reject(new TypeError('failed')) : Promise.resolve(new Response(JSON.stringify({ csrf: 't', view: {}, change: null, finding: null }))))) as typeof fetch;
    const backend = new PreviewBackend(sourceOf('?hash=ab'), WORDS, fetcher);
    await expect(backend.call('open_inspection', { inspection: INSPECTION })).rejects.toMatchObject({ code: 'server_unreachable' });
    down = false;
    await expect(backend.call('open_inspection', { inspection: INSPECTION })).resolves.toEqual({ site_name: 'Trial site' });
  });
});
