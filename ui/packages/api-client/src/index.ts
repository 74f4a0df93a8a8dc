/** The typed client of Cortex's API. `schema.ts` is generated from the committed OpenAPI document; never edit it. */
import createClient from "openapi-fetch";
import type { components, paths } from "./schema";

export type { components, paths } from "./schema";
/** The shapes that the API speaks of, by their names in the OpenAPI document. */
export type Schemas = components["schemas"];

/** Makes a client that sends every request through `fetch`, which adds what the server wants to see. */
export function createCortexClient(baseUrl: string, fetch: (request: Request) => Promise<Response>) {
  return createClient<paths>({ baseUrl, fetch });
}

export type CortexClient = ReturnType<typeof createCortexClient>;
