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

/**
 * PDF.js hands all of itself to `globalThis`, for viewers that are plain scripts, and so drags along what nobody here
 * imports: editors of annotations. Without that line the build leaves them out.
 */
const onlyImportedPdfJs: Plugin = {
  name: "only-imported-pdfjs",
  apply: "build",
  transform: {
    filter: { id: /pdfjs-dist\/build\/pdf\.mjs$/ },
    handler(code) {
      const start = code.indexOf("\n;// ./src/pdf.js\n");
      const end = code.indexOf("\nexport {", start);
      if (start === -1 || end === -1) this.error("PDF.js ends in another way than this build knows.");
      return { code: code.slice(0, start) + code.slice(end), map: null };
    },
  },
};

export default defineConfig({
  plugins: [react(), tailwindcss(), nameStyleSheet, onlyImportedPdfJs],
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
