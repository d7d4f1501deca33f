/** Chooses the body of the backend: the only place that knows where the app runs. */
import type { Backend } from './backend';

export type { Backend } from './backend';
export type * from './commands';
export { BackendError, toBackendError, type ErrorCode } from './error';

export async function connectBackend(): Promise<Backend> {
  if (import.meta.env.MODE === 'fake') return (await import('./fake/index')).fakeBackend();
  if ('__TAURI_INTERNALS__' in window) return (await import('./tauri')).tauriBackend();
  return (await import('./bridge')).bridgeBackend();
}
