//! Files that the owner opens with Cortex. They are handed to the sidecar's own command; nothing is decided here.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde::Deserialize;
use serde_json::Value;
use tauri::{AppHandle, Manager, Runtime};

use super::served::Served;
use super::views::LIBRARY;
use super::{large_window, notices};
use crate::Shell;
use crate::owner::Connection;
use crate::sidecar::Group;

const UNTOUCHED: &str = "Your files are where they were: add them again.";

/// Add them, as soon as Cortex is there. The page is told what became of them, and the owner who does not see that there
/// what was refused, in the sidecar's own words.
pub fn add<R: Runtime>(app: &AppHandle<R>, files: Vec<PathBuf>) {
    let served = app.state::<Served>();
    if let Some(files) = served.add_or_wait(files)
        && let Some(connection) = served.connection()
    {
        add_now(app, files, connection);
    }
}

/// Add what waited until Cortex was there.
pub fn add_now<R: Runtime>(app: &AppHandle<R>, files: Vec<PathBuf>, connection: Connection) {
    if files.is_empty() {
        return;
    }
    let app = app.clone();
    std::thread::spawn(move || {
        let what = if files.len() == 1 {
            "A file was not added"
        } else {
            "Not all files were added"
        };
        let outcome = Outcome::of(command(&app, &files, &connection).and_then(run));
        let is_seen = outcome
            .answer
            .is_some_and(|answer| large_window::tell(&app, "cortex:added", &answer))
            && large_window::is_in_front(&app);
        if let Some(reason) = outcome.refused
            && !is_seen
        {
            notices::show(&app, what, &reason, LIBRARY);
        }
    });
}

/// `cortex add --json --data-dir FOLDER --port PORT -- FILE…`.
fn command<R: Runtime>(app: &AppHandle<R>, files: &[PathBuf], connection: &Connection) -> io::Result<Command> {
    let shell = app.state::<Shell>();
    let program = shell
        .program
        .as_ref()
        .map_err(|error| io::Error::other(error.to_string()))?;
    let mut command = program.command();
    command
        .arg("add")
        .arg("--json")
        .arg("--data-dir")
        .arg(&shell.arguments.data_dir);
    if let Some(port) = connection.origin().port() {
        command.arg("--port").arg(port.to_string());
    }
    command.env("CORTEX_TOKEN", connection.token().reveal());
    command.arg("--").args(files);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    Ok(command)
}

/// Run it to its end; it ends with us, too.
fn run(mut command: Command) -> io::Result<Output> {
    Group::prepare(&mut command);
    command.spawn()?.wait_with_output()
}

/// What became of the files.
#[derive(Debug, Default, PartialEq)]
struct Outcome {
    /// The sidecar's answer, for the page; None when it gave none.
    answer: Option<Value>,
    /// What went wrong, in words; None when nothing did.
    refused: Option<String>,
}

impl Outcome {
    fn of(done: io::Result<Output>) -> Self {
        let output = match done {
            Ok(output) => output,
            Err(error) => {
                return Self {
                    answer: None,
                    refused: Some(format!("Cortex could not be asked ({error}). {UNTOUCHED}")),
                };
            }
        };
        if let Ok(answer) = serde_json::from_slice::<Value>(&output.stdout) {
            let refused = (!output.status.success()).then(|| refusals(&answer));
            return Self {
                answer: Some(answer),
                refused,
            };
        }
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        let reason = if said.is_empty() {
            format!("Cortex gave no answer. {UNTOUCHED}")
        } else {
            said
        };
        Self {
            answer: None,
            refused: Some(reason),
        }
    }
}

/// Of each file that was refused its name and the sidecar's sentence.
fn refusals(answer: &Value) -> String {
    let items = Answer::deserialize(answer).map_or_else(|_| Vec::new(), |answer| answer.items);
    let refused = items.into_iter().filter(|item| item.status == "refused");
    let named = refused.map(|item| {
        let name = Path::new(&item.target)
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        format!("{name}: {}", item.message.unwrap_or_default())
    });
    named.collect::<Vec<_>>().join("\n")
}

#[derive(Deserialize)]
struct Answer {
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    target: String,
    status: String,
    message: Option<String>,
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::process::ExitStatusExt;
    use std::process::ExitStatus;

    use super::*;

    fn ended(code: i32, stdout: &str, stderr: &str) -> Outcome {
        Outcome::of(Ok(Output {
            status: ExitStatus::from_raw(code << 8),
            stdout: stdout.into(),
            stderr: stderr.into(),
        }))
    }

    #[test]
    fn the_page_is_told_what_was_answered_and_the_owner_what_was_refused() {
        let added = r#"{"items": [{"target": "/a/b.md", "status": "created"}]}"#;
        assert_eq!(
            ended(0, added, ""),
            Outcome {
                answer: serde_json::from_str(added).ok(),
                refused: None
            }
        );
        let refused = r#"{"items": [{"target": "/a/b.md", "status": "refused", "message": "It is empty."}]}"#;
        let outcome = ended(1, refused, "");
        assert!(outcome.answer.is_some());
        assert_eq!(outcome.refused.as_deref(), Some("b.md: It is empty."));
    }

    #[test]
    fn without_an_answer_there_is_always_a_reason() {
        let away = ended(2, "", "Nothing answers at http://127.0.0.1:8742.\n");
        assert_eq!(
            away,
            Outcome {
                answer: None,
                refused: Some("Nothing answers at http://127.0.0.1:8742.".into())
            }
        );
        for silent in [ended(2, "", ""), ended(0, "", ""), ended(1, "{", "")] {
            assert_eq!(silent.answer, None);
            assert!(silent.refused.is_some_and(|reason| reason.ends_with(UNTOUCHED)));
        }
        let failed = Outcome::of(Err(io::Error::other("no such program")));
        assert!(failed.refused.is_some_and(|reason| reason.contains("no such program")));
    }
}
