// node ui/look.mjs <path> <out.png> [dark] [narrow|medium]: a picture of a view of the server at :8999, for looking.
import { chromium } from "playwright";

const [path, out, ...flags] = process.argv.slice(2);
const base = process.env.CORTEX_URL ?? "http://127.0.0.1:8999";
const token = process.env.CORTEX_TOKEN ?? "test-token-0123456789abcdef";
const ticket = await (
  await fetch(`${base}/api/auth/tickets`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify({ purpose: "session" }),
  })
).json();
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
const width = flags.includes("narrow") ? 390 : flags.includes("medium") ? 900 : 1400;
const page = await browser.newPage({
  viewport: { width, height: 860 },
  colorScheme: flags.includes("dark") ? "dark" : "light",
});
page.on("console", (m) => ["error", "warning"].includes(m.type()) && console.log("console:", m.text()));
page.on("pageerror", (e) => console.log("error:", e.message));
await page.goto(`${base}/library?ticket=${ticket.ticket}`);
await page.waitForSelector("nav");
if (path !== "/library") await page.goto(base + path);
await page.waitForTimeout(Number(process.env.WAIT ?? 900));
if (process.env.KEYS)
  for (const key of process.env.KEYS.split(",")) {
    await page.keyboard.press(key);
    await page.waitForTimeout(300);
  }
await page.screenshot({ path: out });
await browser.close();
