import type { Schemas } from "@cortex/api-client";
import { t } from "./i18n";

/** What went wrong, in words for a person; `code` is the API's, or `away` when no Cortex answered. */
export class Problem extends Error {
  readonly code: string;
  readonly status: number;
  readonly requestId: string | undefined;
  readonly retryAfter: number | undefined;

  constructor(message: string, code: string, status: number, requestId?: string, retryAfter?: number) {
    super(message);
    this.name = "Problem";
    this.code = code;
    this.status = status;
    this.requestId = requestId;
    this.retryAfter = retryAfter;
  }

  get isAway(): boolean {
    return this.code === "away";
  }

  /** Whether it is refused for what it is: not where the answer broke off, failed, or would be another one later. */
  get isFinal(): boolean {
    return this.status >= 400 && this.status < 500 && ![401, 408, 429].includes(this.status);
  }
}

type ErrorBody = Partial<Schemas["ErrorBody"]>;

export function problemOf(response: Response, body: unknown): Problem {
  const said = (typeof body === "object" && body !== null ? body : {}) as ErrorBody;
  const retryAfter = Number(response.headers.get("Retry-After") ?? Number.NaN);
  return new Problem(
    said.message ?? t("state.answered", { status: String(response.status) }),
    said.error ?? "internal_error",
    response.status,
    said.request_id ?? response.headers.get("X-Request-ID") ?? undefined,
    Number.isFinite(retryAfter) ? retryAfter : undefined,
  );
}

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem(error instanceof Error ? error.message : String(error), "internal_error", 0);
}
