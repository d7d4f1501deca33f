/** Finishing: what is open, who signs, whether it can be submitted. */
import { toBackendError, type Backend, type BackendError } from '$shared/backend';
import type { FinishView } from '$shared/generated/app';
import type { InspectionId, InspectionView, SignerRole } from '$shared/generated/core';

export type Signer = { role: SignerRole; name: string };

/** Who signs: both inspectors and the site's representative. */
export function signersOf(view: InspectionView): Signer[] {
  const [first, second] = view.inspectors;
  const signers: Signer[] = [{ role: 'inspector', name: first?.name ?? '' }];
  if (second) signers.push({ role: 'second_inspector', name: second.name ?? '' });
  signers.push({ role: 'site_representative', name: '' });
  return signers;
}

export class FinishStore {
  view = $state.raw<InspectionView | null>(null);
  finish = $state.raw<FinishView | null>(null);
  error = $state.raw<BackendError | null>(null);
  busy = $state(false);
  readonly id: InspectionId;
  #backend: Backend;

  constructor(backend: Backend, id: InspectionId) {
    this.#backend = backend;
    this.id = id;
  }

  load(): Promise<BackendError | null> {
    return this.#run(async () => {
      const [view, finish] = await Promise.all([
        this.#backend.call('open_inspection', { inspection: this.id }),
        this.#backend.call('finish_view', { inspection: this.id }),
      ]);
      this.view = view;
      this.finish = finish;
    });
  }

  sign(role: SignerRole, name: string, duty: string | null, png_base64: string): Promise<BackendError | null> {
    return this.#step(() => this.#backend.call('sign', { inspection: this.id, role, name, duty, png_base64 }));
  }

  refuse(reason: string, witness: string): Promise<BackendError | null> {
    return this.#step(() => this.#backend.call('refuse_signature', { inspection: this.id, reason, witness }));
  }

  submit(remark: string): Promise<BackendError | null> {
    const words = remark.trim();
    return this.#run(async () => {
      this.view = await this.#backend.call('submit_inspection', { inspection: this.id, remark: words === '' ? null : words });
    });
  }

  async #step(act: () => Promise<unknown>): Promise<BackendError | null> {
    const error = await this.#run(async () => void (await act()));
    if (!error) await this.load();
    return error;
  }

  async #run(act: () => Promise<void>): Promise<BackendError | null> {
    this.busy = true;
    try {
      await act();
      this.error = null;
    } catch (thrown) {
      this.error = toBackendError(thrown);
    } finally {
      this.busy = false;
    }
    return this.error;
  }
}
