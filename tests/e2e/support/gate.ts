/**
 * The way between a device and the server, which a test can close: a relay of bytes on a port of its own. Closed, nobody
 * listens there and connections that stood are cut, as in a mine.
 */
import { once } from 'node:events';
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';

export class Gate {
  #server: Server;
  #sockets = new Set<Socket>();
  #target: URL;
  #port = 0;

  private constructor(target: URL) {
    this.#target = target;
    this.#server = createServer((near) => this.#relay(near));
  }

  /** An open gate in front of a server. */
  static async before(address: string): Promise<Gate> {
    const gate = new Gate(new URL(address));
    await gate.open();
    return gate;
  }

  /** The server's address as the device knows it. It stays the same while the gate is closed and opened. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async open(): Promise<void> {
    if (this.#server.listening) return;
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #relay(near: Socket): void {
    const far = connect(Number(this.#target.port), this.#target.hostname);
    for (const [one, other] of [[near, far], [far, near]] as const) {
      this.#sockets.add(one);
      one.pipe(other);
      // Either side may vanish at any moment; that is what this is for.
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
    }
  }
}
