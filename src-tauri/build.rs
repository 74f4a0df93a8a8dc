//! Makes Tauri's context, and the permissions for the commands that pages may call.

/// Every command of the shell. Who may call which one is said in `capabilities/` and in `src/ipc.rs`.
const COMMANDS: &[&str] = &[
    "next_stage",
    "try_again",
    "use_another_port",
    "open_log_folder",
    "quit",
    "close_window",
    "show_view",
    "desktop_settings",
    "set_shortcut",
    "set_start_at_login",
    "set_keep_running",
    "notify",
    "tell_paused",
    "sign_in",
];

fn main() {
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    let attributes = tauri_build::Attributes::new().app_manifest(manifest);
    if let Err(error) = tauri_build::try_build(attributes) {
        panic!("the shell's context could not be made: {error:#}");
    }
}
