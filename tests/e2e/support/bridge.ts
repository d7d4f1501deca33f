/** A device: the field app's own process (`davy bridge`) on a data folder of its own. */
import type { ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { Api } from './api';
import { answers, end, freePort, run, start } from './program';
import { PIN, PROGRAM, SERVER, folder } from './settings';

export class Bridge {
  readonly name: string;
  readonly data: string;
  #port = 0;
  #child: ChildProcess | null = null;

  private constructor(name: string) {
    this.name = name;
    this.data = folder('devices', name);
    mkdirSync(this.data, { recursive: true });
  }

  /** A device that was never used. Its name must be unique in the run. */
  static async fresh(name: string): Promise<Bridge> {
    const bridge = new Bridge(name);
    bridge.#port = await freePort();
    await bridge.start();
    return bridge;
  }

  /** A device that a person has enrolled at a terminal, for tests that are about something else. */
  static async enrolled(name: string, person: string, server = SERVER): Promise<Bridge> {
    const bridge = new Bridge(name);
    const { code } = await (await Api.as('admin')).code(person, 10);
    const args = ['enrol', '--data', bridge.data, '--server', server, '--code', code, '--name', name];
    const done = await run(PROGRAM, args, { DAVY_PIN: PIN });
    if (done.code !== 0) throw new Error(`davy enrol: ${done.said}`);
    bridge.#port = await freePort();
    await bridge.start();
    return bridge;
  }

  /** The address for the browser. Port and secret outlive the process, as they do for a person who starts it again. */
  get address(): string {
    return `http://127.0.0.1:${this.#port}/?token=${this.#token}`;
  }

  get #token(): string {
    return `secret-of-${this.#port}`;
  }

  async start(): Promise<void> {
    const args = ['bridge', '--data', this.data, '--port', String(this.#port), '--name', this.name];
    this.#child = start(PROGRAM, args, { DAVY_BRIDGE_TOKEN: this.#token, DAVY_LOG: 'info' }, `${this.data}.log`);
    await answers(`http://127.0.0.1:${this.#port}/`, this.#child);
  }

  /** The process ends without a word, as by a dead battery. */
  async kill(): Promise<void> {
    if (this.#child) await end(this.#child, 'SIGKILL');
  }

  /** The process ends as it likes to. */
  async stop(): Promise<void> {
    if (this.#child) await end(this.#child, 'SIGTERM');
  }
}
