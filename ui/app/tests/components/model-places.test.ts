import { expect, test } from "vitest";
import { type Choice, cloudPlaces, newPlaces, remoteHost } from "@/features/settings/models/places";

const none: Choice = { provider: "auto", cloud: { model: null, api_base: null }, fallbacks: [] };

test("a service is known by its name, a server by its address", () => {
  expect(remoteHost("anthropic/claude-sonnet-4-5", null)).toBe("api.anthropic.com");
  expect(remoteHost("gpt-5-mini", null)).toBe("api.openai.com");
  expect(remoteHost("openai/gpt-5-mini", "https://gpu.example:8443/v1")).toBe("gpu.example:8443");
  expect(remoteHost("any", "http://127.0.0.1:1234/v1")).toBeNull();
  expect(remoteHost("any", "http://localhost.evil.example/v1")).toBe("localhost.evil.example");
  expect(remoteHost("any", "not an address")).toBeNull();
});

test("a place counts as new only where it would now be asked", () => {
  const cloud = { model: "openai/gpt-5-mini", api_base: null };
  expect(newPlaces(none, { ...none, cloud })).toEqual([]);
  expect(newPlaces({ ...none, cloud }, { ...none, cloud, provider: "hybrid" })).toEqual(["api.openai.com"]);
  const chosen: Choice = { ...none, cloud, provider: "cloud" };
  expect(newPlaces(chosen, { ...chosen, cloud: { model: "openai/gpt-5", api_base: null } })).toEqual([]);
});

test("a fallback of the same service is asked at the same server", () => {
  const chosen: Choice = {
    provider: "hybrid",
    cloud: { model: "stand-in", api_base: "https://gpu.example/v1" },
    fallbacks: [
      { provider: "cloud", model: "openai/gpt-5-mini" },
      { provider: "cloud", model: "mistral/small" },
      { provider: "ollama", model: "qwen3" },
    ],
  };
  expect(cloudPlaces(chosen)).toEqual(["gpu.example", "api.mistral.ai"]);
});
