import { describe, expect, it, vi } from 'vitest';
import { bridgeBackend } from './bridge';
import { BackendError, toBackendError } from './error';
import { frames } from './sse';

function stream(...chunks: string[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(encoder.encode(chunk));
      controller.close();
    },
  });
}

async function all(body: ReadableStream<Uint8Array>): Promise<string[]> {
  const found: string[] = [];
  for await (const data of frames(body)) found.push(data);
  return found;
}

describe('event streams', () => {
  it.each([
    ['one event', ['data: {"a":1}\n\n'], ['{"a":1}']],
    ['cut anywhere', ['da', 'ta: x', '\n', '\ndata: y\n\n'], ['x', 'y']],
    ['several lines are one event', ['data: a\ndata: b\n\n'], ['a\nb']],
    ['comments and other fields', [': keep-alive\n\nevent: x\nid: 3\ndata:z\n\n'], ['z']],
    ['carriage returns', ['data: x\r\n\r\n'], ['x']],
    ['an unfinished event is not delivered', ['data: x\n'], []],
  ])('%s', async (_name, chunks, events) => {
    expect(await all(stream(...chunks))).toEqual(events);
  });

  it('keeps a character that was cut in two', async () => {
    const bytes = new TextEncoder().encode('data: 隐患\n\n');
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(bytes.slice(0, 7));
        controller.enqueue(bytes.slice(7));
        controller.close();
      },
    });
    expect(await all(body)).toEqual(['隐患']);
  });

  it('refuses an event without end instead of eating the memory', async () => {
    const body = stream(...Array.from({ length: 5 }, () => 'x'.repeat(1_000_000)));
    await expect(all(body)).rejects.toThrow(/too long/);
  });
});

describe('the bridge', () => {
  const answer = (status: number, body: string) => vi.fn(() => Promise.resolve(new Response(body, { status })));

  it('posts a command with its header and returns the answer', async () => {
    const fetcher = answer(200, '{"stage":"not_enrolled"}');
    expect(await bridgeBackend(fetcher).call('app_status', {})).toEqual({ stage: 'not_enrolled' });
    const [path, init] = fetcher.mock.calls[0] as unknown as [string, RequestInit];
    expect(path).toBe('/command/app_status');
    expect(init.headers).toMatchObject({ 'x-davy-bridge': '1' });
    expect(init.body).toBe('{}');
  });

  it('turns an error answer into its code', async () => {
    const backend = bridgeBackend(answer(409, '{"code":"wrong_pin","message":"no","details":{"wait_seconds":30}}'));
    const error = await backend.call('unlock', { pin: '1' }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BackendError);
    expect((error as BackendError).code).toBe('wrong_pin');
    expect((error as BackendError).waitSeconds).toBe(30);
  });

  it.each([
    ['a page that is no JSON', answer(502, '<html>')],
    ['no connection', vi.fn(() => Promise.reject(new TypeError('failed')))],
  ])('reports %s as an error of its own', async (_name, fetcher) => {
    await expect(bridgeBackend(fetcher as unknown as typeof fetch).call('today', {})).rejects.toMatchObject({ code: 'internal' });
  });

  it('sends a photograph as raw bytes with its metadata beside it', async () => {
    const fetcher = answer(200, '{}');
    const blob = new Blob(['jpeg']);
    await bridgeBackend(fetcher).attachPhoto({ inspection: null, finding: null, key: '顶板', source: 'camera', name: null, captured_at: 1, position: null }, blob);
    const [path, init] = fetcher.mock.calls[0] as unknown as [string, RequestInit & { headers: Record<string, string> }];
    expect(path).toBe('/photo');
    expect(init.body).toBe(blob);
    expect(JSON.parse(decodeURIComponent(init.headers['davy-request'] ?? ''))).toMatchObject({ key: '顶板', captured_at: 1 });
  });
});

it('anything thrown becomes an error with a code', () => {
  expect(toBackendError({ code: 'locked', message: 'm', details: null }).code).toBe('locked');
  expect(toBackendError('text').code).toBe('internal');
  expect(toBackendError(new Error('x')).message).toBe('x');
  expect(toBackendError({ code: 7 }).code).toBe('internal');
});
