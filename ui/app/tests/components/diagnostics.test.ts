import { expect, test } from "vitest";
import { diagnostics } from "@/features/settings/diagnostics";

test("diagnostics name states and times, and nothing that belongs to the owner", () => {
  const said = diagnostics(
    {
      status: "degraded",
      version: "1.0.0",
      uptime_seconds: 12.6,
      dependencies: {
        database: { status: "healthy", latency_ms: 0.4, detail: "/home/ada/cortex" },
        ollama: { status: "unavailable", latency_ms: null, detail: "http://gpu.example:11434 is away." },
      },
    },
    "Browser/1",
  );
  expect(said).toBe(
    "Cortex 1.0.0: degraded, up for 13 s\ndatabase: healthy (0.4 ms)\nollama: unavailable\nBrowser/1\n",
  );
});
