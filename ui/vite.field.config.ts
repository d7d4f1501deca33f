/** The field app: loaded from inside the shell or from the bridge, so its addresses are relative. */
import { defineConfig } from "vite";
import { appConfig } from "./build/vite.shared.ts";

export default defineConfig(({ mode }) =>
  appConfig(mode, { page: "index.html", out: "dist/field", base: "./", port: 5173 }),
);
