/** The field app's inspection screen over a checklist that is tried out: shown by the console in a frame. */
import { mount } from 'svelte';
import '$shared/tokens/tokens.css';
import '$shared/tokens/base.css';
import '$shared/components/controls.css';
import { appearance } from '$shared/tokens/appearance.svelte';
import { App } from '../field/features/app/context';
import { Router } from '../field/features/app/router.svelte';
import { INSPECTION, PreviewBackend, sourceOf } from './backend';
import Preview from './Preview.svelte';
import { t } from './words';

appearance.start();

const target = document.getElementById('app');
if (target) {
  history.replaceState(null, '', `${location.search}#/inspections/${INSPECTION}`);
  const backend = new PreviewBackend(sourceOf(location.search), { site: t('site'), refusal: t('not_here') });
  mount(Preview, { target, props: { app: new App(backend, new Router(), true) } });
}
