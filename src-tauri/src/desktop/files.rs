//! Files that the owner opens with Cortex. They are handed to the sidecar's own command; nothing is decided here but
//! whether so many are meant.

use std::io;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use rfd::{AsyncMessageDialog, MessageButtons, MessageDialogResult};
use serde_json::json;
use tauri::{AppHandle, Manager, Runtime};

use super::folders::files_in;
use super::outcome::Outcome;
use super::served::Served;
use super::views::LIBRARY;
use super::{capture_window, large_window, notices};
use crate::Shell;
use crate::owner::Connection;
use crate::sidecar::Group;

/// More than these are asked about first: a folder may hold more than was meant.
const MANY: usize = 50;
/// Handed over at once; after each so many the page is told how far it is.
const AT_ONCE: usize = 25;
/// Cortex is known to be gone within this time; one that is there proves itself sooner.
const MISSED_WITHIN: Duration = Duration::from_secs(10);
const LOOKS_EVERY: Duration = Duration::from_millis(100);
const ADD: &str = "Add";

/// Files that were given together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    files: Vec<PathBuf>,
    /// The window that is told what becomes of them.
    from: &'static str,
    /// Whether the owner was asked already whether so many are meant.
    is_meant: bool,
}

impl Batch {
    /// Files and folders that were given in the window of this label.
    pub fn of(files: Vec<PathBuf>, from: &'static str) -> Self {
        Self {
            files,
            from,
            is_meant: false,
        }
    }
}

/// Add them, as soon as Cortex is there. The page of the window `from` is told what became of them, and the owner who
/// does not see that there what was refused, in the sidecar's own words.
pub fn add<R: Runtime>(app: &AppHandle<R>, files: Vec<PathBuf>, from: &'static str) {
    if !files.is_empty() {
        hand_over(app, Batch::of(files, from));
    }
}

fn hand_over<R: Runtime>(app: &AppHandle<R>, batch: Batch) {
    if let Some((batch, connection)) = app.state::<Served>().add_or_wait(batch) {
        add_now(app, batch, connection);
    }
}

/// Add what waited until Cortex was there.
pub fn add_now<R: Runtime>(app: &AppHandle<R>, batch: Batch, connection: Connection) {
    let app = app.clone();
    std::thread::spawn(move || {
        let Batch { files, from, is_meant } = batch;
        let files = files_in(&files);
        if files.is_empty() {
            notices::show(&app, "Nothing was added", "There are no files in that folder.", LIBRARY);
            return;
        }
        if files.len() > MANY && !is_meant && !asked(&app, files.len()) {
            return;
        }
        let mut outcome = Outcome::default();
        for (number, some) in files.chunks(AT_ONCE).enumerate() {
            let done = number * AT_ONCE;
            if files.len() > AT_ONCE {
                let _ = tell(
                    &app,
                    from,
                    "cortex:adding",
                    &json!({ "done": done, "total": files.len() }),
                );
            }
            outcome.and(Outcome::of(command(&app, some, &connection).and_then(run)));
            if outcome.is_answered() {
                continue;
            }
            if !is_away(&app) {
                break;
            }
            // Cortex went meanwhile: the next one gets them, and knows those again that this one had taken.
            outcome.put_off();
            let rest = Batch {
                files: files[done..].to_vec(),
                from,
                is_meant: true,
            };
            hand_over(&app, rest);
            break;
        }
        report(&app, from, &outcome);
    });
}

/// Whether Cortex went. One that crashed is still thought to serve until its supervisor hears of its end.
fn is_away<R: Runtime>(app: &AppHandle<R>) -> bool {
    let deadline = Instant::now() + MISSED_WITHIN;
    loop {
        match app.state::<Served>().connection() {
            None => return true,
            Some(connection) if connection.prove_again().is_ok() || Instant::now() > deadline => return false,
            Some(_) => std::thread::sleep(LOOKS_EVERY),
        }
    }
}

fn report<R: Runtime>(app: &AppHandle<R>, from: &str, outcome: &Outcome) {
    let is_seen = outcome
        .answer()
        .is_some_and(|answer| tell(app, from, "cortex:added", &answer));
    if let Some((what, reason)) = outcome.trouble()
        && !(is_seen && outcome.is_answered())
    {
        notices::show(app, &what, &reason, LIBRARY);
    }
}

/// Tell the page of that window, or of the large one; whether the owner sees it there.
fn tell<R: Runtime>(app: &AppHandle<R>, from: &str, event: &str, detail: &serde_json::Value) -> bool {
    (from == capture_window::LABEL && capture_window::tell(app, event, detail))
        || (large_window::tell(app, event, detail) && large_window::is_in_front(app))
}

/// Whether the owner means so many.
fn asked<R: Runtime>(app: &AppHandle<R>, count: usize) -> bool {
    let (tell, told) = channel();
    let shown = app.run_on_main_thread(move || {
        let answer = AsyncMessageDialog::new()
            .set_title("Add files")
            .set_description(format!("Add {count} files to your library?"))
            .set_buttons(MessageButtons::OkCancelCustom(ADD.into(), "Cancel".into()))
            .show();
        std::thread::spawn(move || {
            // It only fails when nobody waits for it any more.
            let _ = tell.send(tauri::async_runtime::block_on(answer));
        });
    });
    let answer = shown.ok().and_then(|()| told.recv().ok());
    match answer {
        Some(MessageDialogResult::Custom(chosen)) => chosen == ADD,
        Some(MessageDialogResult::Ok) => true,
        _ => false,
    }
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
