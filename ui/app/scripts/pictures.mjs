// npm run pictures -w app -- DIRECTORY [view …]: every view of the demonstration library as a picture, in light and
// dark, wide and narrow, from the built interface.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium as playwright } from "playwright";
import { runnerImport } from "vite";

const tests = fileURLToPath(new URL("../tests", import.meta.url));
const load = async (path) => (await runnerImport(join(tests, path))).module;
const [{ chromium }, { VIEWS }] = await Promise.all([load("chromium.ts"), load("journeys/views.ts")]);
const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const TOKEN = "token-of-the-pictures-0123456789";
const SIZES = { wide: { width: 1400, height: 860 }, narrow: { width: 390, height: 844 } };
const SMALL_WINDOW = { width: 480, height: 260 };
const SETTLED_MS = 700;

const [directory = "pictures", ...wanted] = process.argv.slice(2);
mkdirSync(directory, { recursive: true });

const python = process.env.CORTEX_PYTHON ?? join(ROOT, ".venv/bin/python");
const server = spawn(python, ["-m", "cortex", "serve", "--demo", "--port", "0", "--exit-with-stdin"], {
  stdio: ["pipe", "pipe", "inherit"],
  env: {
    CORTEX_UI_DIR: join(ROOT, "ui/app/dist"),
    ...process.env,
    CORTEX_TOKEN: TOKEN,
    CORTEX_LOG_LEVEL: "error",
  },
});
const url = await new Promise((resolve, reject) => {
  let said = "";
  server.stdout.on("data", (data) => {
    said += data;
    const address = /https?:\/\/\S+/.exec(said)?.[0];
    if (address) resolve(address);
  });
  server.on("exit", () => reject(new Error(`Cortex did not start: ${said}`)));
});

async function call(method, path, body) {
  const headers = { Authorization: `Bearer ${TOKEN}`, "Content-Type": "application/json" };
  return (await fetch(url + path, { method, headers, body: body && JSON.stringify(body) })).json();
}

const browser = await playwright.launch({ executablePath: chromium(existsSync), args: ["--no-sandbox"] });
try {
  for (let queue; !queue || queue.pending + queue.processing > 0; ) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    queue = await call("GET", "/api/processing/queue");
  }
  const { items } = await call("GET", "/api/items?limit=1&sort=-created_at");
  await call("POST", "/api/tasks", { title: "Try the whisky sour" });
  const views = { ...VIEWS, search: "/search?q=git", reader: `/item/${items[0].id}` };
  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const colorScheme of ["light", "dark"]) {
      const page = await browser.newPage({ viewport, colorScheme });
      const { ticket } = await call("POST", "/api/auth/tickets", { purpose: "session" });
      await page.goto(`${url}/library?ticket=${ticket}`);
      await page.locator("nav").waitFor();
      for (const [name, path] of Object.entries(views)) {
        if (wanted.length > 0 && !wanted.includes(name)) continue;
        await page.setViewportSize(name === "captureWindow" ? SMALL_WINDOW : viewport);
        await page.goto(url + path);
        await page.locator("h1").first().waitFor({ state: "attached" });
        await page.waitForTimeout(SETTLED_MS);
        await page.screenshot({ path: join(directory, `${name}-${size}-${colorScheme}.png`) });
      }
      await page.close();
    }
  }
} finally {
  await browser.close();
  server.stdin.end();
}
