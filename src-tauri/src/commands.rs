//! What pages may ask of the shell. Named in `build.rs`, too; granted in `capabilities/` and [`crate::ipc`].

use tauri::{AppHandle, Runtime, State};

use crate::Shell;
use crate::stages::Stages;
use crate::supervisor::{Stage, Supervisor, Wish};
use crate::window::outside;

/// The stage after the one with number `seen` (0 for the present one), with its number.
#[tauri::command]
pub async fn next_stage(seen: u64, stages: State<'_, Stages>) -> Result<(u64, Stage), ()> {
    Ok(stages.after(seen).await)
}

/// Start Cortex again.
#[tauri::command]
pub fn try_again(supervisor: State<'_, Supervisor>) {
    supervisor.wish(Wish::TryAgain);
}

/// Start Cortex on any free port.
#[tauri::command]
pub fn use_another_port(supervisor: State<'_, Supervisor>) {
    supervisor.wish(Wish::UseAnotherPort);
}

/// Show the folder of the sidecar's log. Fails in words when there is no program for that.
#[tauri::command]
pub fn open_log_folder(shell: State<'_, Shell>) -> Result<(), String> {
    outside::open_folder(&shell.log_folder)
}

/// End the program.
#[tauri::command]
pub fn quit<R: Runtime>(app: AppHandle<R>) {
    app.exit(0);
}
