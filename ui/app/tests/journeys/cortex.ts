/** A real Cortex on a library of its own, and a real browser that is signed in to it. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContextOptions, type Page, chromium as playwright } from "playwright";
import { chromium } from "../chromium.ts";

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));
const TOKEN = "token-of-the-journeys-0123456789";
export const PYTHON =
  process.env.CORTEX_PYTHON ??
  join(ROOT, process.platform === "win32" ? ".venv/Scripts/python.exe" : ".venv/bin/python");

export class Cortex {
  #process: ChildProcess | undefined;
  url = "";
  readonly dataDir: string;
  readonly #environment: Record<string, string>;

  readonly #program: string[];

  private constructor(dataDir: string, environment: Record<string, string>, program: string[]) {
    this.dataDir = dataDir;
    this.#environment = environment;
    this.#program = program;
  }

  /** Start on an empty library; `environment` holds further settings (`CORTEX_…`), `program` what Python runs. */
  static async start(environment: Record<string, string> = {}, program = ["-m", "cortex"]): Promise<Cortex> {
    const cortex = new Cortex(await mkdtemp(join(tmpdir(), "cortex-journey-")), environment, program);
    await cortex.run();
    return cortex;
  }

  /** Start the program; after `kill` again on the same library and port. */
  async run(): Promise<void> {
    const port = this.url ? new URL(this.url).port : "0";
    const child = spawn(
      PYTHON,
      [...this.#program, "serve", "--port", port, "--data-dir", this.dataDir, "--exit-with-stdin"],
      {
        stdio: ["pipe", "pipe", "inherit"],
        env: {
          ...process.env,
          CORTEX_TOKEN: TOKEN,
          CORTEX_UI_DIR: process.env.CORTEX_UI_DIR ?? join(ROOT, "ui/app/dist"),
          CORTEX_OLLAMA_HOST: "http://127.0.0.1:1",
          CORTEX_LOG_LEVEL: "error",
          ...this.#environment,
        },
      },
    );
    this.#process = child;
    this.url = await new Promise<string>((resolve, reject) => {
      let said = "";
      child.stdout.on("data", (data: Buffer) => {
        said += data.toString();
        const address = /https?:\/\/\S+/.exec(said)?.[0];
        if (address) resolve(address);
      });
      child.on("exit", (code) => reject(new Error(`Cortex ended with ${code} before it was ready: ${said}`)));
    });
  }

  /** Start the program where a test that failed left it killed. */
  async runAgain(): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) await this.run();
  }

  /** End the program at once, as a crash would. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
  }

  /** Stop, and delete the library. */
  async stop(): Promise<void> {
    const child = this.#process;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.stdin?.end();
      await gone;
    }
    await rm(this.dataDir, { recursive: true, force: true });
  }

  /** One call of the API with the owner's token. */
  async call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const answer = await fetch(this.url + path, {
      method,
      headers: { Authorization: `Bearer ${TOKEN}`, "Content-Type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (answer.status === 204 ? undefined : await answer.json()) as Answer;
  }

  /** Save something and wait until it is ready; gives its id. */
  async save(item: Record<string, unknown>): Promise<string> {
    const { id } = await this.call<{ id: string }>("POST", "/api/items", item);
    await this.#ready(id);
    return id;
  }

  /** Upload a file and wait until it is ready; gives the item's id. */
  async upload(path: string): Promise<string> {
    const form = new FormData();
    form.append("files", new Blob([await readFile(path)]), basename(path));
    const answer = await fetch(`${this.url}/api/items/upload`, {
      method: "POST",
      headers: { Authorization: `Bearer ${TOKEN}` },
      body: form,
    });
    const { items } = (await answer.json()) as { items: { id: string }[] };
    const id = items[0]?.id;
    if (id === undefined) throw new Error(`${path} was not taken: ${answer.status}`);
    await this.#ready(id);
    return id;
  }

  async #ready(id: string): Promise<void> {
    for (;;) {
      const { status, error } = await this.call<{ status: string; error: unknown }>(
        "GET",
        `/api/items/${id}`,
      );
      if (status === "ready") return;
      if (status === "failed") throw new Error(`The sample could not be processed: ${JSON.stringify(error)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** A page that is signed in and shows `path`. `complaints` gathers what the browser's console holds against it. */
  async open(browser: Browser, path: string, options: BrowserContextOptions = {}): Promise<SignedIn> {
    const { ticket } = await this.call<{ ticket: string }>("POST", "/api/auth/tickets", {
      purpose: "session",
    });
    const context = await browser.newContext({ viewport: { width: 1400, height: 860 }, ...options });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("dialog", (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on("request", (request) => {
      const origin = new URL(request.url()).origin;
      if (origin !== this.url && !request.url().startsWith("data:") && !request.url().startsWith("blob:"))
        complaints.push(`request to ${request.url()}`);
    });
    const address = new URL(path, this.url);
    address.searchParams.set("ticket", ticket);
    await page.goto(address.href);
    await page.getByRole("navigation", { name: "Main" }).waitFor();
    return { page, complaints };
  }
}

export interface SignedIn {
  page: Page;
  complaints: string[];
}

export function launch(): Promise<Browser> {
  return playwright.launch({ executablePath: chromium(existsSync), args: ["--no-sandbox"] });
}

/** Wait until all that a page fetches ahead is there and has run: what opens over a view, then the views. */
export async function fetchedAhead(page: Page): Promise<void> {
  await page.waitForFunction(() => performance.getEntriesByName("cortex-fetched-ahead").length > 0);
}
