import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const sidecar = process.env.CORTEX_URL ?? "http://127.0.0.1:8742";

/** React Aria injects a style sheet, which the policy forbids, unless an element of this id is there already. */
const nameStyleSheet: Plugin = {
  name: "name-style-sheet",
  enforce: "post",
  transformIndexHtml: (html) =>
    html.replace('<link rel="stylesheet"', '<link id="react-aria-pressable-style" rel="stylesheet"'),
};

export default defineConfig({
  plugins: [react(), tailwindcss(), nameStyleSheet],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  base: "/",
  build: {
    target: "es2023",
    assetsDir: "assets",
    // A data: URL would be inlined into the style sheet; the policy allows fonts from the server alone.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
  },
  server: { port: 5173, proxy: { "/api": { target: sidecar, ws: true } } },
});
