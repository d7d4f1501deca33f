/**
 * What both builds have in common: the plugins, the `$shared` alias and output that a strict
 * content security policy (`script-src 'self'; style-src 'self'`) accepts: nothing inline, no data: assets.
 */
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { fileURLToPath } from "node:url";
import type { Plugin, UserConfig } from "vite";

export const root = fileURLToPath(new URL("..", import.meta.url));

/** The folder names of `src` that other folders may import by alias. */
export const alias = { $shared: fileURLToPath(new URL("../src/shared", import.meta.url)) };

/** Renames the entry page to index.html, so that any static file server finds it. */
function pageAsIndex(page: string): Plugin {
  return {
    name: "davy:page-as-index",
    enforce: "post",
    generateBundle(_options, bundle) {
      const asset = bundle[page];
      if (asset && page !== "index.html") asset.fileName = "index.html";
    },
  };
}

/** Fails a production build that contains the in-memory backend: what looks saved there is not. */
function noFakeBackend(mode: string): Plugin {
  return {
    name: "davy:no-fake-backend",
    generateBundle(_options, bundle) {
      if (mode !== "production") return;
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== "chunk") continue;
        const fake = chunk.moduleIds.find((id) => id.includes("/backend/fake"));
        if (fake) this.error(`${fake} must not be part of a production build`);
      }
    },
  };
}

/** The configuration of one app: its page and those that it shows in frames, where it goes and the base of its asset addresses. */
export function appConfig(mode: string, app: { page: string; more?: string[]; out: string; base: string; port: number }): UserConfig {
  return {
    root,
    base: app.base,
    publicDir: false,
    resolve: { alias },
    plugins: [svelte(), pageAsIndex(app.page), noFakeBackend(mode)],
    server: { host: "127.0.0.1", port: app.port, strictPort: true, open: false },
    build: {
      outDir: app.out,
      emptyOutDir: true,
      target: "es2022",
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: [app.page, ...(app.more ?? [])].map((page) => `${root}${page}`) },
    },
  };
}
