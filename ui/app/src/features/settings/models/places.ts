/** Where questions would go, so that a place that is new can be asked about before anything is stored. */
import type { AiSettings } from "@/lib/ai";

/** The services whose models are named with them in front, and where they are. */
const SERVICES: Record<string, string> = {
  openai: "api.openai.com",
  anthropic: "api.anthropic.com",
  gemini: "generativelanguage.googleapis.com",
  openrouter: "openrouter.ai",
  mistral: "api.mistral.ai",
};
const OPENAI_NAMES = /^(?:gpt-|chatgpt-|o[134]|text-embedding-)/i;
/** A server here passes these on to Ollama's cloud. */
const PASSED_ON = /:(?:.*-)?cloud$/i;
const OLLAMA_CLOUD = "ollama.com";
const HERE = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

export type Choice = Pick<AiSettings, "provider"> & {
  cloud: { model: string | null; api_base: string | null };
  fallbacks: { provider: "ollama" | "cloud"; model: string }[];
};

/** The host that a cloud model is asked at; null when it is this machine, or when nobody can say. */
export function remoteHost(model: string | null, apiBase: string | null): string | null {
  if (!model) return null;
  if (apiBase) {
    if (!URL.canParse(apiBase)) return null;
    const { host, hostname } = new URL(apiBase);
    if (HERE.test(hostname)) return PASSED_ON.test(model) ? OLLAMA_CLOUD : null;
    return host;
  }
  const [service = ""] = model.split("/");
  return SERVICES[service.toLowerCase()] ?? (OPENAI_NAMES.test(model) ? (SERVICES.openai ?? null) : null);
}

/** The services that questions may go to with these settings. Ollama's places are told by the server. */
export function cloudPlaces({ provider, cloud, fallbacks }: Choice): string[] {
  const asked: (string | null)[] = [];
  if (["cloud", "openai", "hybrid"].includes(provider)) asked.push(remoteHost(cloud.model, cloud.api_base));
  if (provider !== "embedded") {
    for (const fallback of fallbacks) {
      if (fallback.provider !== "cloud") continue;
      const own = remoteHost(fallback.model, null);
      const main = remoteHost(cloud.model, cloud.api_base);
      asked.push(sameService(fallback.model, cloud.model) && cloud.api_base ? main : own);
    }
  }
  return [...new Set(asked.filter((host) => host !== null))];
}

/** The places that a change would add. */
export function newPlaces(before: Choice, after: Choice): string[] {
  const known = new Set(cloudPlaces(before));
  return cloudPlaces(after).filter((place) => !known.has(place));
}

function sameService(one: string, other: string | null): boolean {
  const service = (model: string) => {
    const [first = ""] = model.toLowerCase().split("/");
    return first in SERVICES ? first : "openai";
  };
  return other !== null && service(one) === service(other);
}
