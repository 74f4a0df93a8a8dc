import type { Schemas } from "@cortex/api-client";

/**
 * What helps to find a fault, and nothing of the library: versions and states. The parts' own sentences are left out:
 * they may name models, hosts and folders.
 */
export function diagnostics(health: Schemas["DetailedHealth"], userAgent: string): string {
  const parts = Object.entries(health.dependencies).map(([name, part]) => {
    const time = typeof part.latency_ms === "number" ? ` (${part.latency_ms} ms)` : "";
    return `${name}: ${part.status}${time}`;
  });
  return [
    `Cortex ${health.version}: ${health.status}, up for ${Math.round(health.uptime_seconds)} s`,
    ...parts,
    userAgent,
    "",
  ].join("\n");
}
