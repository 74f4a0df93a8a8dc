// The plain page: save, search, ask. Text is only ever set as text; nothing that was saved becomes markup.
const SECRET = "cortex-session";
const $ = (id) => document.getElementById(id);

function element(tag, text, className) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

async function call(method, path, body) {
  const headers = { "X-Cortex-Session": localStorage.getItem(SECRET) ?? "" };
  const form = body instanceof FormData;
  if (body !== undefined && !form) headers["Content-Type"] = "application/json";
  const answer = await fetch(path, { method, headers, body: form || body === undefined ? body : JSON.stringify(body) });
  const data = answer.status === 204 ? null : await answer.json();
  if (answer.status === 401) showSignIn();
  if (!answer.ok) throw new Error(data?.message ?? `Cortex answered ${answer.status}.`);
  return data;
}

function showSignIn() {
  localStorage.removeItem(SECRET);
  $("sign-in").hidden = false;
  $("library").hidden = true;
  $("state").textContent = "";
}

async function signIn() {
  const ticket = new URLSearchParams(location.search).get("ticket");
  if (ticket) {
    history.replaceState(null, "", "/");
    const answer = await fetch("/api/auth/sessions", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ticket }),
    });
    if (answer.ok) localStorage.setItem(SECRET, (await answer.json()).secret);
  }
  if (!localStorage.getItem(SECRET)) return showSignIn();
  await showTotal();
  $("library").hidden = false;
}

async function showTotal() {
  const total = (await call("GET", "/api/items?limit=1")).total;
  $("state").textContent = total === 1 ? "1 item in your library" : `${total} items in your library`;
}

async function socket(path) {
  const { ticket } = await call("POST", "/api/auth/tickets", { purpose: "stream" });
  const address = new URL(path, location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  address.searchParams.set("ticket", ticket);
  return new WebSocket(address);
}

function isAddress(text) {
  return /^https?:\/\/\S+$/i.test(text.trim());
}

async function follow(item) {
  const entry = element("li");
  const title = element("span", item.title, "title");
  const state = element("span", item.duplicate ? " was saved already" : ` ${item.status}`, "meta");
  entry.append(title, state);
  $("saved").prepend(entry);
  await showTotal();
  const progress = await socket(`/api/ws/processing/${encodeURIComponent(item.id)}`);
  progress.onmessage = async (message) => {
    const event = JSON.parse(message.data);
    if (event.type === "progress") {
      state.textContent = ` ${event.stage ?? event.status} · ${Math.round((event.progress ?? 0) * 100)}%`;
      return;
    }
    if (event.type !== "done") return;
    title.textContent = (await call("GET", `/api/items/${encodeURIComponent(item.id)}`)).title;
    state.className = event.error ? "error" : "meta";
    state.textContent = event.error ? ` ${event.error.message}` : ` ${event.status}`;
  };
}

function onSubmit(id, work) {
  $(id).addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = $(id).querySelector("button[type=submit]");
    button.disabled = true;
    try {
      await work();
    } catch (error) {
      $(id).append(element("p", error.message, "error"));
    } finally {
      button.disabled = false;
    }
  });
}

onSubmit("save", async () => {
  $("save").querySelectorAll("p.error").forEach((old) => old.remove());
  const text = $("save-text").value;
  const body = isAddress(text) ? { url: text.trim() } : { content: text, content_type: "text/markdown" };
  await follow(await call("POST", "/api/items", { ...body, source: "page" }));
  $("save-text").value = "";
});

$("save-files").addEventListener("change", async () => {
  $("save").querySelectorAll("p.error").forEach((old) => old.remove());
  for (const file of $("save-files").files) {
    const form = new FormData();
    form.append("files", file);
    try {
      for (const item of (await call("POST", "/api/items/upload", form)).items) await follow(item);
    } catch (error) {
      $("save").append(element("p", `${file.name}: ${error.message}`, "error"));
    }
  }
  $("save-files").value = "";
});

// A snippet is escaped HTML with only <mark> in it: split at the marks, and let a parser undo the escapes as text.
function showSnippet(snippet, target) {
  snippet.split(/<\/?mark>/).forEach((part, index) => {
    const text = part.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"')
      .replaceAll("&#x27;", "'").replaceAll("&#39;", "'").replaceAll("&amp;", "&");
    target.append(index % 2 ? element("mark", text) : text);
  });
}

onSubmit("search", async () => {
  $("search").querySelectorAll("p.error").forEach((old) => old.remove());
  const answer = await call("POST", "/api/search", { query: $("query").value, limit: 10 });
  const entries = answer.results.map((result) => {
    const entry = element("li");
    const passage = element("div");
    showSnippet(result.snippet, passage);
    const page = result.page ? ` · page ${result.page}` : "";
    entry.append(element("span", result.title, "title"), passage);
    entry.append(element("span", `${result.matched.join(" and ")}${page}`, "meta"));
    return entry;
  });
  $("results").replaceChildren(...entries);
  const degraded = answer.degraded ? ` (${answer.degraded.replaceAll("_", " ")})` : "";
  $("search-state").textContent = `${answer.total} found in ${answer.took_ms} ms${degraded}`;
});

let conversation = null;
let chat = null;

onSubmit("ask", async () => {
  $("ask").querySelectorAll("p.error").forEach((old) => old.remove());
  conversation ??= (await call("POST", "/api/conversations", {})).id;
  const question = $("question").value;
  const article = element("article");
  const answer = element("div", "", "answer");
  const sources = element("ol", "", "sources");
  article.append(element("p", question, "title"), answer, sources);
  $("answers").prepend(article);
  chat = await socket(`/api/ws/chat/${encodeURIComponent(conversation)}`);
  $("stop").hidden = false;
  await new Promise((resolve) => {
    chat.onopen = () => chat.send(JSON.stringify({ message: question }));
    chat.onclose = resolve;
    chat.onmessage = (message) => {
      const event = JSON.parse(message.data);
      if (event.type === "chunk") answer.textContent += event.content;
      if (event.type === "error") article.append(element("p", event.message, "error"));
      if (event.type === "done") {
        answer.textContent = event.message.content;
        sources.replaceChildren(...event.message.citations.map((one) => showCitation(one, event.message.content)));
      }
      if (event.type === "done" || event.type === "error") chat.close();
    };
  });
  $("stop").hidden = true;
  $("question").value = "";
});

$("stop").addEventListener("click", () => chat?.send(JSON.stringify({ type: "cancel" })));

// A quote that the answer itself quotes is not shown twice.
function showCitation(citation, answer) {
  const entry = element("li");
  entry.append(element("span", citation.title, "title"));
  if (citation.page) entry.append(element("span", ` · page ${citation.page}`, "meta"));
  if (!answer.includes(citation.quote)) entry.append(element("blockquote", citation.quote));
  return entry;
}

signIn().catch((error) => { $("state").textContent = error.message; });
