/** The one door between screens and the core. Three bodies: the shell, the bridge over HTTP, and memory for tests. */
import type { PhotoAttached } from '../generated/app';
import type { AppEvent, CommandName, PhotoMetadata, RequestOf, ResponseOf } from './commands';

export interface Backend {
  /**
   * Runs a command. Resolves only after the core has committed what it says.
   * Rejects with a {@link BackendError}, never with anything else.
   */
  call<C extends CommandName>(name: C, request: RequestOf<C>): Promise<ResponseOf<C>>;

  /** Stores a photograph's bytes untouched and attaches it. Resolves once both are durable. */
  attachPhoto(metadata: PhotoMetadata, bytes: Blob): Promise<PhotoAttached>;

  /** Address at which an `<img>` finds a stored image. */
  photoUrl(sha256: string): string;

  /** Listens to what changes by itself; returns a function that stops listening. */
  onEvent(listener: (event: AppEvent) => void): () => void;
}
