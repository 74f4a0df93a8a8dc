//! Files that the owner opens with Cortex. They are handed to the sidecar's own command; nothing is decided here.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde::Deserialize;
use tauri::{AppHandle, Manager, Runtime};

use super::served::Served;
use super::views::LIBRARY;
use super::{large_window, notices};
use crate::Shell;
use crate::owner::Connection;
use crate::sidecar::Group;

/// Add them, as soon as Cortex is there. The page is told what became of them, and the owner who does not see the page
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
        let refused = match command(&app, &files, &connection).and_then(run) {
            Ok(output) => {
                if let Ok(answer) = serde_json::from_slice(&output.stdout) {
                    large_window::tell(&app, "cortex:added", &answer);
                }
                (!output.status.success()).then(|| said(&output))
            }
            Err(error) => Some(error.to_string()),
        };
        if let Some(reason) = refused
            && !large_window::is_in_front(&app)
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

/// What went wrong: of each file that was refused its name and the sidecar's sentence.
fn said(output: &Output) -> String {
    let Ok(answer) = serde_json::from_slice::<Answer>(&output.stdout) else {
        return String::from_utf8_lossy(&output.stderr).into_owned();
    };
    let refused = answer.items.into_iter().filter(|item| item.status == "refused");
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
