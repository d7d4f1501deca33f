/** A server and a field app of their own in a folder that is made anew, with the large checklist published. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { thousandItems } from './checklist.mjs';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FOLDER = join(ROOT, 'target/xtask/bench-answer');
const program = (name) => join(ROOT, 'target', process.env.DAVY_PROFILE ?? 'debug', name);
export const PIN = '258036';

async function freePort() {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

// The keychain of the person who measures must not learn the keys of this device.
const quiet = (env) => ({ ...process.env, DBUS_SESSION_BUS_ADDRESS: 'disabled:', ...env });

async function run(name, args, env = {}) {
  const child = spawn(program(name), args, { cwd: ROOT, env: quiet(env), stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let said = '';
  child.stdout.on('data', (bytes) => (out += bytes));
  child.stderr.on('data', (bytes) => (said += bytes));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${name} ${args[0]} ended with ${code}: ${said.slice(0, 2000)}`);
  return out;
}

async function serve(name, args, env, address) {
  const child = spawn(program(name), args, { cwd: ROOT, env: quiet(env), stdio: ['ignore', 'pipe', 'pipe'] });
  const log = createWriteStream(join(FOLDER, `${name}.log`));
  child.stdout.pipe(log);
  child.stderr.pipe(log);
  for (let tries = 0; tries < 600; tries += 1) {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}; see ${FOLDER}`);
    if (await fetch(address).then(() => true, () => false)) return child;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${address} does not answer`);
}

/** Starts both; returns the bridge's address and how to end them. */
export async function world() {
  rmSync(FOLDER, { recursive: true, force: true });
  const packs = join(FOLDER, 'packs');
  mkdirSync(join(packs, 'bench-thousand'), { recursive: true });
  // YAML reads JSON.
  writeFileSync(join(packs, 'bench-thousand/checklist.yaml'), JSON.stringify(thousandItems(), null, 1));
  const [port, bridgePort] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  const data = ['--data', join(FOLDER, 'server')];
  const organisation = JSON.parse(await run('davy-server', ['demo', ...data, '--public-url', url]));
  await run('davy-server', ['admin', ...data, 'publish-checklists', '--org', organisation.organisation, packs]);
  const server = await serve('davy-server', ['serve', ...data, '--listen', `127.0.0.1:${port}`, '--public-url', url], {}, `${url}/health`);
  const device = join(FOLDER, 'device');
  await run('davy', ['enrol', '--data', device, '--server', url, '--code', organisation.code, '--name', 'bench'], { DAVY_PIN: PIN });
  const address = `http://127.0.0.1:${bridgePort}/`;
  const bridge = await serve('davy', ['bridge', '--data', device, '--port', String(bridgePort)], { DAVY_BRIDGE_TOKEN: 'bench', DAVY_LOG: 'warn' }, address);
  return { address: `${address}?token=bench`, end: () => [bridge, server].forEach((child) => child.kill('SIGTERM')) };
}
