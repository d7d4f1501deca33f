/** Unit and component tests; no browser is started. */
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { svelteTesting } from "@testing-library/svelte/vite";
import { defineConfig } from "vitest/config";
import { alias, root } from "./build/vite.shared.ts";

export default defineConfig({
  root,
  resolve: { alias },
  plugins: [svelte(), svelteTesting()],
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.ts"],
    setupFiles: ["./build/vitest.setup.ts"],
    css: false,
  },
});
