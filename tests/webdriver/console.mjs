// @ts-check
/** A supervisor's session at the console API: reads what the server has, nothing else. */

export class Console {
  /** @param {string} base @param {string} cookie */
  constructor(base, cookie) {
    this.base = base;
    this.cookie = cookie;
  }

  /** @param {string} base @param {string} login @param {string} password */
  static async signIn(base, login, password) {
    const response = await fetch(`${base}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ login, password }),
    });
    if (!response.ok) throw new Error(`sign in: ${response.status} ${await response.text()}`);
    const cookie = response.headers.getSetCookie().map((line) => line.split(';')[0]).join('; ');
    return new Console(base, cookie);
  }

  /** @param {string} path @returns {Promise<Response>} */
  async ask(path) {
    const response = await fetch(this.base + path, { headers: { cookie: this.cookie } });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response;
  }

  /** @param {string} path @returns {Promise<any>} */
  async read(path) {
    return (await this.ask(path)).json();
  }

  /** @param {string} path @returns {Promise<Buffer>} */
  async bytes(path) {
    return Buffer.from(await (await this.ask(path)).arrayBuffer());
  }
}
