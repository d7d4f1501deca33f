/** The body inside the shell: commands over IPC, photographs as raw bytes, images by the `davy-photo` scheme. */
import { convertFileSrc, invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import type { PhotoAttached } from '../generated/app';
import type { Backend } from './backend';
import type { AppEvent } from './commands';
import { toBackendError } from './error';

export function tauriBackend(): Backend {
  return {
    async call(name, request) {
      try {
        return await invoke('command', { name, request });
      } catch (thrown) {
        throw toBackendError(thrown);
      }
    },
    async attachPhoto(metadata, bytes) {
      try {
        const body = new Uint8Array(await bytes.arrayBuffer());
        const headers = { 'davy-request': encodeURIComponent(JSON.stringify(metadata)) };
        return await invoke<PhotoAttached>('attach_photo', body, { headers });
      } catch (thrown) {
        throw toBackendError(thrown);
      }
    },
    photoUrl: (sha256) => convertFileSrc(sha256, 'davy-photo'),
    onEvent(listener) {
      let stop: (() => void) | null = null;
      let stopped = false;
      void listen<AppEvent>('davy', (event) => listener(event.payload)).then((unlisten) => {
        if (stopped) unlisten();
        else stop = unlisten;
      });
      return () => {
        stopped = true;
        stop?.();
      };
    },
  };
}
