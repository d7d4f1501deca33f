/** What `cargo xtask e2e` tells about the surroundings. Without it nothing can be tested, so a missing value is an error. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set; run these tests by cargo xtask e2e`);
  return value;
}

/** A login of the demo organisation. */
export type Login = { name: string; role: string; login: string; password: string };

type Organisation = { organisation: string; name: string; logins: Login[] };

/** The repository. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Address of the server and its console. */
export const SERVER = setting('DAVY_CONSOLE');

/** The program `davy`: the bridge and the terminal. */
export const PROGRAM = setting('DAVY_PROGRAM');

/** PIN of the demo's device, used for every device here. */
export const PIN = setting('DAVY_PIN');

/** The demo organisation as it described itself. */
export const ORGANISATION = JSON.parse(setting('DAVY_ORGANISATION')) as Organisation;

/** A place for data of these tests; it is made anew for each run. */
export function folder(...names: string[]): string {
  return join(setting('DAVY_FOLDER'), ...names);
}

/** Whether the pictures of the README are made anew. */
export const SCREENSHOTS = process.env['DAVY_SCREENSHOTS'] === '1';

/** The login of a role or a name; several people may share a role, the first one is taken. */
export function login(of: string): Login {
  const found = ORGANISATION.logins.find((one) => one.login === of || one.role === of);
  if (!found) throw new Error(`the demo organisation has no ${of}`);
  return found;
}
