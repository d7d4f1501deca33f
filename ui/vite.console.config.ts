/** The console: served by the server at any depth of address, so its assets are at /assets/. */
import { defineConfig } from "vite";
import { appConfig } from "./build/vite.shared.ts";

export default defineConfig(({ mode }) => {
  const config = appConfig(mode, { page: "console.html", more: ["preview.html"], out: "dist/console", base: "/", port: 5174 });
  const server = process.env["DAVY_SERVER"] ?? "http://127.0.0.1:8080";
  return { ...config, server: { ...config.server, proxy: { "/api": server, "/v1": server } } };
});
