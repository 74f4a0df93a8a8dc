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

/** Forms of XFA are never read: what would read them, a tenth of PDF.js's worker, is left out of the build. */
const noXfaForms: Plugin = {
  name: "no-xfa-forms",
  apply: "build",
  transform: {
    filter: { id: /pdfjs-dist\/build\/pdf\.worker\.mjs/ },
    handler(code) {
      const start = code.indexOf("\nclass XFAFactory {");
      const end = code.indexOf("\n;// ", start);
      if (start === -1 || end === -1) this.error("PDF.js reads forms in another way than this build knows.");
      const none = "\nclass XFAFactory { static getRichTextAsHtml() { return null; } }\n";
      return { code: code.slice(0, start) + none + code.slice(end), map: null };
    },
  },
};

/** React Aria brings its few words in thirty languages; those that the interface does not speak stay out. */
const onlySpokenLanguages: Plugin = {
  name: "only-spoken-languages",
  apply: "build",
  load: {
    filter: {
      id: /\/(?:react-aria|react-aria-components|react-stately)\/.*\/intl\/(?:.*\/)?(?!en-US)[a-z]{2}-[A-Z]{2}\.mjs$/,
    },
    handler: () => "export default undefined;",
  },
};

export default defineConfig({
  plugins: [react(), tailwindcss(), nameStyleSheet, onlyImportedPdfJs, onlySpokenLanguages],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  base: "/",
  build: {
    // WebKit remembers a preload that failed, and fails what asks for the same part once Cortex is back.
    modulePreload: false,
    target: "es2023",
    assetsDir: "assets",
    // A data: URL would be inlined into the style sheet; the policy allows fonts from the server alone.
    assetsInlineLimit: 0,
    sourcemap: false,
    chunkSizeWarningLimit: 800,
    // What the first view needs comes in one piece: forty small ones take longer to ask for and compress less well.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "start", tags: ["$initial"] }] } } },
  },
  worker: { format: "es", plugins: () => [noXfaForms] },
  server: { port: 5173, proxy: { "/api": { target: sidecar, ws: true } } },
});
