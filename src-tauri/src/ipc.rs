//! How pages reach the shell's commands, and which pages may.
//!
//! A page calls `window.__TAURI_INTERNALS__.invoke("command", { argument })` and awaits the answer.

use tauri::ipc::CapabilityBuilder;
use tauri::{AppHandle, Manager, Runtime};
use url::Url;

use crate::window::MAIN;

/// What the served interface may call, beside the bundled pages (`capabilities/pages.json`).
pub const SERVED_PERMISSIONS: &[&str] = &["allow-quit"];

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

/// Let the pages of this very origin call [`SERVED_PERMISSIONS`], in the main window alone.
pub fn allow_served<R: Runtime>(app: &AppHandle<R>, origin: &Url) -> tauri::Result<()> {
    let named = origin.origin().ascii_serialization();
    let capability = CapabilityBuilder::new(format!("served-{}", origin.port().unwrap_or_default()))
        .window(MAIN)
        .local(false)
        .remote(named);
    let capability = SERVED_PERMISSIONS
        .iter()
        .fold(capability, |made, permission| made.permission(*permission));
    app.add_capability(capability)
}
