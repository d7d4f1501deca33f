/** Programs that a test starts: waited for until they answer, and ended by their own process id. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { expect } from '@playwright/test';

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The keychain of the person who runs the tests must not learn the keys of these devices. */
function quiet(env: Record<string, string>): NodeJS.ProcessEnv {
  return { ...process.env, DBUS_SESSION_BUS_ADDRESS: 'disabled:', ...env };
}

/** What still runs: a test that fails half way must not leave its programs behind. */
const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** Starts a program; what it says goes to a file. */
export function start(program: string, args: readonly string[], env: Record<string, string>, log: string): ChildProcess {
  const child = spawn(program, args, { env: quiet(env), stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const file = createWriteStream(log, { flags: 'a' });
  child.stdout?.pipe(file, { end: false });
  child.stderr?.pipe(file, { end: false });
  return child;
}

/** Runs a program to its end. */
export async function run(program: string, args: readonly string[], env: Record<string, string>): Promise<{ code: number; said: string }> {
  const child = spawn(program, args, { env: quiet(env), stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => (said += bytes.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code: code ?? -1, said };
}

/** Ends a program by a signal and waits until it is gone. */
export async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}

/** Waits until an address answers anything. */
export async function answers(address: string, child: ChildProcess): Promise<void> {
  const ask = async (): Promise<boolean> => {
    if (child.exitCode !== null) throw new Error(`the program at ${address} ended with ${child.exitCode}`);
    return fetch(address).then(() => true, () => false);
  };
  await expect.poll(ask, { message: `${address} answers`, timeout: 30_000, intervals: [30] }).toBe(true);
}
