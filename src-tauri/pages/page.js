/** What the window shows while it does not show the library: how the start goes, and the choices when it fails. */
import { words } from "./words.js";

const invoke = (command, given) => window.__TAURI_INTERNALS__.invoke(command, given);
const part = (id) => document.getElementById(id);
const WAITS_LONG_MS = 5000;

/** Buttons by name: what they say and what they do. */
const CHOICES = {
  again: [words.again, () => invoke("try_again")],
  otherPort: [words.otherPort, () => invoke("use_another_port")],
  logs: [words.logs, () => invoke("open_log_folder").catch((problem) => say(part("more"), problem))],
  quit: [words.quit, () => invoke("quit")],
};

let longWait;

function say(element, text) {
  element.textContent = text ?? "";
  element.hidden = !text;
}

function offer(names) {
  const buttons = names.map((name) => {
    const [label, act] = CHOICES[name];
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.addEventListener("click", act);
    return button;
  });
  part("choices").replaceChildren(...buttons);
}

/** Show a stage; `words.js` says it. */
function show(stage) {
  clearTimeout(longWait);
  const told = words.stages[stage.kind](stage);
  const waits = told.choices === undefined;
  document.title = waits ? "Cortex" : `${told.title} – Cortex`;
  say(part("title"), told.title);
  say(part("said"), told.said);
  say(part("more"), told.more);
  part("progress").hidden = !waits;
  document.body.dataset.kind = waits ? "waits" : "asks";
  const log = stage.log ?? [];
  part("details").hidden = log.length === 0;
  say(part("log"), log.join("\n"));
  say(part("file"), stage.log_file && words.logFile(stage.log_file));
  offer(told.choices ?? []);
  if (waits) {
    longWait = setTimeout(() => {
      say(part("more"), told.afterLong);
      offer(["logs", "quit"]);
    }, WAITS_LONG_MS);
  } else {
    part("log").scrollTop = part("log").scrollHeight;
    part("title").focus();
  }
}

async function follow() {
  let seen = 0;
  for (;;) {
    const [number, stage] = await invoke("next_stage", { seen });
    seen = number;
    show(stage);
  }
}

void follow();
