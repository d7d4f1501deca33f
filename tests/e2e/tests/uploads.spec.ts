/**
 * Files travel by tus, an open protocol: its own client, written by others, sends a photograph to our server, breaks off and goes
 * on. The receipt is checked without our code, and the bytes that a person gets at the desk are the bytes that were sent.
 */
import { createHash, randomBytes } from 'node:crypto';
import { Upload, type HttpRequest, type HttpResponse, type UploadOptions } from 'tus-js-client';
import { Api } from '../support/api';
import { Bridge } from '../support/bridge';
import { Field } from '../support/field';
import { photographs } from '../support/pictures';
import { run } from '../support/program';
import { readReceipt } from '../support/receipt';
import { PIN, PROGRAM, SERVER } from '../support/settings';
import { expect, test } from '../support/test';

const CHUNK = 256 * 1024;
const SITE = '红岩煤矿';

/** What `davy token` prints. */
type Proof = { organisation: string; token: string; server_key: string };

/** Sends until the end, or until `stopAfter` bytes are confirmed. Returns the upload's address and the last answer. */
function send(file: Buffer, options: UploadOptions, stopAfter = Infinity): Promise<{ url: string; last: HttpResponse | null }> {
  return new Promise((resolve, reject) => {
    let last: HttpResponse | null = null;
    const upload = new Upload(file, {
      ...options,
      chunkSize: CHUNK,
      retryDelays: null,
      onError: reject,
      onAfterResponse: (_, response) => void (last = response),
      onSuccess: () => resolve({ url: upload.url ?? '', last }),
      onChunkComplete: (_, accepted) => {
        if (accepted < stopAfter) return;
        void upload.abort().then(() => resolve({ url: upload.url ?? '', last }), reject);
      },
    });
    upload.start();
  });
}

test('a foreign tus client breaks off, resumes, and gets a receipt for exactly these bytes', async ({ browser, page, words, label }) => {
  const bridge = await Bridge.enrolled(`uploads-${label}`, '李国栋');
  await bridge.stop();
  const { code, said } = await run(PROGRAM, ['token', '--data', bridge.data], { DAVY_PIN: PIN });
  expect(code, said).toBe(0);
  const proof = JSON.parse(said.slice(said.indexOf('{'))) as Proof;

  const [drawn] = await photographs(browser, 9);
  // What follows the end of a picture belongs to the file: two megabytes make several chunks.
  const file = Buffer.concat([drawn?.buffer ?? Buffer.of(), randomBytes(2 * 1024 * 1024)]);
  const sha256 = createHash('sha256').update(file).digest('hex');
  const endpoint = `${SERVER}/v1/orgs/${proof.organisation}/uploads`;
  const options: UploadOptions = { endpoint, headers: { authorization: `Bearer ${proof.token}` }, metadata: { sha256 } };

  const stranger = send(file, { ...options, headers: { authorization: 'Bearer nonsense' } });
  await expect(stranger, 'without a token nothing is taken').rejects.toThrow(/401/);

  const begun = await send(file, options, 2 * CHUNK);
  expect(begun.last?.getHeader('davy-receipt') ?? '', 'there is no receipt for a part').toBe('');
  const offsets: number[] = [];
  const onBeforeRequest = (request: HttpRequest) => {
    if (request.getMethod() === 'PATCH') offsets.push(Number(request.getHeader('Upload-Offset')));
  };
  const done = await send(file, { ...options, uploadUrl: begun.url, onBeforeRequest });
  expect(offsets[0], 'it goes on where the server confirmed, not from the beginning').toBeGreaterThanOrEqual(2 * CHUNK);
  const receipt = done.last?.getHeader('davy-receipt') ?? '';
  expect(readReceipt(receipt, proof.server_key, proof.organisation)).toEqual({ sha256, size: file.length });
  expect(() => readReceipt(receipt, '00'.repeat(32), proof.organisation), 'another key has not signed it').toThrow();

  // A record makes the file a photograph of somebody's; only then may the desk read it.
  await bridge.start();
  const field = new Field(page, words);
  await field.open(bridge);
  await field.unlock();
  await field.go('sites');
  await field.button(words.field('site.open', { site: SITE })).click();
  await field.button(words.field('finding.raise.free')).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(words.both('grade.general'), { exact: true }).click();
  await dialog.getByLabel(words.field('finding.description')).fill(`tus ${sha256.slice(0, 8)}`);
  await dialog.getByRole('button', { name: words.field('finding.raise'), exact: true }).click();
  await page.getByRole('button', { name: new RegExp(`tus ${sha256.slice(0, 8)}`) }).click();
  await page.locator('input[type=file]:not([capture])').setInputFiles({ name: 'tus.jpg', mimeType: 'image/jpeg', buffer: file });
  await expect(page.locator('ul button.thumb img')).toHaveCount(1);
  await expect(field.badge('delivered')).toBeVisible({ timeout: 60_000 });

  const desk = await Api.as('supervisor');
  const arrived = await desk.blob(sha256);
  expect(arrived?.equals(file), 'the desk gets the same bytes').toBe(true);
  const byDevice = await fetch(`${SERVER}/v1/orgs/${proof.organisation}/blobs/${sha256}`, { headers: { authorization: `Bearer ${proof.token}` } });
  expect(Buffer.from(await byDevice.arrayBuffer()).equals(file), 'and so does a device').toBe(true);
  await page.close();
  await bridge.stop();
});
