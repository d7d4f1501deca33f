import { describe, expect, it, vi } from 'vitest';
import { Client, CSRF_HEADER } from './client';
import { endpoints } from './endpoints';
import type { ApiError } from './problem';

function answer(body: unknown, init: ResponseInit = {}): Response {
  return new Response(JSON.stringify(body), { headers: { 'content-type': 'application/json' }, ...init });
}
function clientThat(respond: (url: string, init: RequestInit) => Response | Promise<Response>): { client: Client; seen: { url: string; init: RequestInit }[] } {
  const seen: { url: string; init: RequestInit }[] = [];
  const client = new Client(((url: string, init: RequestInit) => {
    seen.push({ url, init });
    return Promise.resolve(respond(url, init));
  }) as typeof fetch);
  return { client, seen };
}
async function failure(promise: Promise<unknown>): Promise<ApiError> {
  return promise.then(
    () => {
      throw new Error('expected a failure');
    },
    (cause: unknown) => cause as ApiError,
  );
}

describe('the client', () => {
  it('sends the token with every change and with no read', async () => {
    const { client, seen } = clientThat(() => answer({}));
    client.csrf = 'token';
    await client.get('/dashboard');
    await client.post('/x', {});
    await client.put('/x', {});
    await client.delete('/x');
    const tokens = seen.map((call) => (call.init.headers as Record<string, string>)[CSRF_HEADER]);
    expect(tokens).toEqual([undefined, 'token', 'token', 'token']);
  });

  it('leaves empty filters out of the address', async () => {
    const { client, seen } = clientThat(() => answer({ rows: [], next: null, total: 0 }));
    await endpoints(client).inspections({ stage: 'submitted', q: '', after: null, contested: false, limit: 50 });
    expect(seen[0]?.url).toBe('/api/inspections?stage=submitted&limit=50');
  });

  it('escapes ids in addresses', async () => {
    const { client, seen } = clientThat(() => answer({}));
    await endpoints(client).finding('a/b?c');
    expect(seen[0]?.url).toBe('/api/findings/a%2Fb%3Fc');
  });

  it('understands an answer without content', async () => {
    const { client } = clientThat(() => new Response(null, { status: 204 }));
    await expect(client.delete('/session')).resolves.toBeUndefined();
  });

  const cases: [string, () => Response, Partial<ApiError>][] = [
    ['an error envelope', () => answer({ code: 'stale', message: 'moved', details: null }, { status: 409 }), { code: 'stale', status: 409 }],
    ['a field error', () => answer({ code: 'invalid', message: 'x', details: { field: 'name', reason: 'short' } }, { status: 422 }), { code: 'invalid', status: 422 }],
    ['an HTML page of a proxy', () => new Response('<html>', { status: 502, headers: { 'content-type': 'text/html' } }), { code: 'server_error', status: 502 }],
    ['HTML where JSON was expected', () => new Response('<html>', { status: 200, headers: { 'content-type': 'text/html' } }), { code: 'unexpected', status: 200 }],
    ['a throttling proxy', () => new Response('slow', { status: 429, headers: { 'retry-after': '9' } }), { code: 'unexpected', details: { retry_after_seconds: 9 } }],
  ];
  it.each(cases)('names %s', async (_name, respond, expected) => {
    const { client } = clientThat(respond);
    expect(await failure(client.get('/x'))).toMatchObject(expected);
  });

  it('says that no answer came, and tells whoever watches the connection', async () => {
    const client = new Client((() => Promise.reject(new TypeError('network'))) as typeof fetch);
    const offline = vi.fn();
    client.onOffline = offline;
    const error = await failure(client.get('/x'));
    expect(error.offline).toBe(true);
    expect(offline).toHaveBeenCalledOnce();
  });

  it('tells an aborted read apart from a lost network', async () => {
    const running = new AbortController();
    const client = new Client((() => Promise.reject(new DOMException('', 'AbortError'))) as typeof fetch);
    running.abort();
    expect((await failure(client.get('/x', {}, running.signal))).code).toBe('aborted');
  });

  it('says once that the session has ended, and only for that code', async () => {
    const ended = vi.fn();
    const { client } = clientThat((url) =>
      answer({ code: url.endsWith('/session') ? 'wrong_login' : 'not_signed_in', message: '', details: null }, { status: 401 }),
    );
    client.onSignedOut = ended;
    await failure(client.post('/session', {}));
    expect(ended).not.toHaveBeenCalled();
    await failure(client.get('/dashboard'));
    expect(ended).toHaveBeenCalledOnce();
  });
});
