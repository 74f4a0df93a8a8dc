import { createCortexClient } from "@cortex/api-client";
import { connection } from "./connection";
import { t } from "./i18n";
import { Problem, problemOf } from "./problem";
import { SESSION_HEADER, sessionSecret, signOut } from "./session";

/** Sends one request with the session's secret; an answer of 401 ends the session, no answer at all says "away". */
export async function send(request: Request): Promise<Response> {
  const again = request.clone();
  const secret = sessionSecret();
  const response = await answerOf(request, secret);
  if (response.status !== 401) return response;
  const newer = sessionSecret();
  if (newer === null || newer === secret) {
    signOut(secret);
    return response;
  }
  // Another tab signed in while this was on its way: nothing was done, and the new session may do it.
  const second = await answerOf(again, newer);
  if (second.status === 401) signOut(newer);
  return second;
}

async function answerOf(request: Request, secret: string | null): Promise<Response> {
  if (secret !== null) request.headers.set(SESSION_HEADER, secret);
  let response: Response;
  try {
    response = await fetch(request);
  } catch (error) {
    if (request.signal.aborted) throw error;
    connection.lost();
    throw new Problem(t("state.noAnswer.kept"), "away", 0);
  }
  connection.answered();
  return response;
}

/** The typed client; `unwrap` takes its answers. */
export const api = createCortexClient(location.origin, send);

type Answer<Data> = { data?: Data; error?: unknown; response: Response };

/** The answer's data. Throws `Problem`. */
export async function unwrap<Data>(answer: Promise<Answer<Data>>): Promise<Data> {
  const { data, error, response } = await answer;
  if (error !== undefined || !response.ok) throw problemOf(response, error);
  return data as Data;
}

/** The data and the undo id, which answers without a body carry in a header. Throws `Problem`. */
export async function unwrapWrite<Data>(
  answer: Promise<Answer<Data>>,
): Promise<{ data: Data; undoId: string | null }> {
  const { data, error, response } = await answer;
  if (error !== undefined || !response.ok) throw problemOf(response, error);
  const inBody = (data as { undo_id?: string | null } | undefined)?.undo_id;
  return { data: data as Data, undoId: inBody ?? response.headers.get("X-Undo-Id") };
}

/** A single-use ticket for one WebSocket or event stream, which cannot send headers. */
export async function streamTicket(): Promise<string> {
  const { ticket } = await unwrap(api.POST("/api/auth/tickets", { body: { purpose: "stream" } }));
  return ticket;
}

/** Opens a WebSocket of the API. */
export async function openSocket(path: string): Promise<WebSocket> {
  const address = new URL(path, location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  address.searchParams.set("ticket", await streamTicket());
  return new WebSocket(address);
}
