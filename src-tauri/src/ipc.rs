//! How pages reach the shell's commands, and which pages may.
//!
//! A page calls `window.__TAURI_INTERNALS__.invoke("command", { argument })` and awaits the answer.

use tauri::ipc::CapabilityBuilder;
use tauri::{AppHandle, Manager, Runtime};
use url::Url;

use crate::desktop::CAPTURE;
use crate::window::MAIN;

/// What the served interface may call, beside the bundled pages (`capabilities/pages.json`).
pub const SERVED_PERMISSIONS: &[&str] = &[
    "allow-quit",
    "allow-close-window",
    "allow-desktop-settings",
    "allow-set-shortcut",
    "allow-set-start-at-login",
    "allow-set-keep-running",
    "allow-notify",
    "allow-tell-paused",
];
/// What it may call in the small window.
pub const CAPTURE_PERMISSIONS: &[&str] = &["allow-close-window", "allow-show-view"];

/// Messages go through the window's own channel alone. Tauri would try a request to `ipc://localhost` first, which the
/// served page's policy (`connect-src 'self'`) refuses, with a complaint in the console for every page.
pub const INVOKE_SYSTEM: &str = r#"
(function () {
  const key = __INVOKE_KEY__;
  Object.defineProperty(window.__TAURI_INTERNALS__, "postMessage", {
    value: ({ cmd, callback, error, payload, options }) => {
      const direct = { ...options, customProtocolIpcBlocked: true };
      const message = { cmd, callback, error, payload, options: direct, __TAURI_INVOKE_KEY__: key };
      window.ipc.postMessage(JSON.stringify(message));
    },
  });
})();
"#;

/// Let the pages of this very origin call [`SERVED_PERMISSIONS`] in the main window, and [`CAPTURE_PERMISSIONS`] in the
/// small one.
pub fn allow_served<R: Runtime>(app: &AppHandle<R>, origin: &Url) -> tauri::Result<()> {
    let named = origin.origin().ascii_serialization();
    let port = origin.port().unwrap_or_default();
    for (window, permissions) in [(MAIN, SERVED_PERMISSIONS), (CAPTURE, CAPTURE_PERMISSIONS)] {
        let capability = CapabilityBuilder::new(format!("served-{window}-{port}"))
            .window(window)
            .local(false)
            .remote(named.clone());
        let capability = permissions
            .iter()
            .fold(capability, |made, permission| made.permission(*permission));
        app.add_capability(capability)?;
    }
    Ok(())
}
