/** Entry of the field app: connects the backend, starts listening, shows the first screen. */
import { mount } from 'svelte';
import '$shared/tokens/tokens.css';
import '$shared/tokens/base.css';
import '$shared/components/controls.css';
import { connectBackend } from '$shared/backend';
import { appearance } from '$shared/tokens/appearance.svelte';
import App from './App.svelte';
import { App as AppContext } from './features/app/context';

appearance.start();

const target = document.getElementById('app');
if (target) {
  const app = new AppContext(await connectBackend());
  app.start();
  mount(App, { target, props: { app } });
}
