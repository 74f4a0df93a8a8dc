import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { chromium } from "./tests/chromium.ts";

const alias = { "@": fileURLToPath(new URL("./src", import.meta.url)) };
const executablePath = chromium(existsSync);

export default defineConfig({
  test: {
    projects: [
      {
        // Components and hooks, in a real browser: real layout, real focus.
        plugins: [react(), tailwindcss()],
        resolve: { alias },
        // Found one by one while tests run, they would make the page load again in the middle of a test.
        optimizeDeps: {
          include: [
            "@lingui/core",
            "@lingui/message-utils/compileMessage",
            "@lingui/react",
            "@tanstack/react-query",
            "dompurify",
            "lucide-react",
            "openapi-fetch",
            "react-aria-components",
            "react-markdown",
            "remark-gfm",
            "vitest-browser-react",
            "zustand",
            "zustand/middleware",
          ],
        },
        test: {
          name: "components",
          include: ["tests/components/**/*.test.{ts,tsx}"],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: { executablePath, args: ["--no-sandbox"] } }),
            instances: [{ browser: "chromium" }],
          },
        },
      },
      {
        // What people do, in a real browser against the real program.
        test: {
          name: "journeys",
          include: ["tests/journeys/**/*.test.ts"],
          environment: "node",
          fileParallelism: false,
          testTimeout: 60_000,
          // What fails once and holds the second time is named as such: browsers on busy machines lose a step now and then.
          retry: 1,
          // Machines with two cores: what is waited for comes, but not always within a second.
          expect: { poll: { timeout: 15_000 } },
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
