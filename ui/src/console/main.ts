/** Entry of the console. */
import '$shared/tokens/tokens.css';
import '$shared/tokens/base.css';
import './console.css';
import { mount } from 'svelte';
import { appearance } from '$shared/tokens/appearance.svelte';
import App from './App.svelte';
import { createConsole } from './desk.svelte';

appearance.start();
const target = document.getElementById('app');
if (target) mount(App, { target, props: { desk: createConsole() } });
