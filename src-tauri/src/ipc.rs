//! How pages reach the shell's commands, and which pages may.
//!
//! A page calls `window.__TAURI_INTERNALS__.invoke("command", { argument })` and awaits the answer.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use tauri::ipc::CapabilityBuilder;
use tauri::{AppHandle, Manager, Runtime};
use url::Url;

use crate::desktop::CAPTURE;
use crate::window::MAIN;

/// What the served interface may call, beside the bundled pages (`capabilities/pages.json`).
pub const SERVED_PERMISSIONS: &[&str] = &[
    "allow-quit",
    "allow-try-again",
    "allow-close-window",
    "allow-desktop-settings",
    "allow-set-shortcut",
    "allow-set-start-at-login",
    "allow-set-keep-running",
    "allow-notify",
    "allow-tell-paused",
    "allow-sign-in",
];
/// What it may call in the small window.
pub const CAPTURE_PERMISSIONS: &[&str] = &["allow-close-window", "allow-show-view", "allow-sign-in"];

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

/// The origins that may call something: what is granted once, holds for the whole run.
#[derive(Default)]
pub struct Granted(Mutex<BTreeSet<String>>);

impl Granted {
    /// Whether this one is granted nothing yet; from now on it is.
    fn is_new(&self, origin: &str) -> bool {
        let mut granted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        granted.insert(origin.to_owned())
    }
}

/// Let the pages of this very origin call [`SERVED_PERMISSIONS`] in the main window, and [`CAPTURE_PERMISSIONS`] in the
/// small one. Done once: a second time would add the same to what every call is compared with.
pub fn allow_served<R: Runtime>(app: &AppHandle<R>, origin: &Url) -> tauri::Result<()> {
    let named = origin.origin().ascii_serialization();
    if !app.state::<Granted>().is_new(&named) {
        return Ok(());
    }
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

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use tauri::ipc::{CallbackFn, InvokeBody};
    use tauri::test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder};
    use tauri::webview::InvokeRequest;
    use tauri::{App, WebviewUrl, WebviewWindow, WebviewWindowBuilder};

    use super::*;
    use crate::arguments::Arguments;
    use crate::sidecar::ProgramError;
    use crate::window::Place;
    use crate::{Shell, commands, desktop};

    const SERVED: &str = "http://127.0.0.1:8742";

    fn shell() -> App<MockRuntime> {
        let app = mock_builder()
            .invoke_handler(tauri::generate_handler![
                commands::open_log_folder,
                desktop::commands::close_window,
                desktop::commands::desktop_settings,
                desktop::commands::show_view,
                desktop::commands::sign_in,
            ])
            .build(tauri::generate_context!(test = true))
            .expect("an app");
        app.manage(Arc::new(Place::default()));
        app.manage(Granted::default());
        app.manage(Shell {
            arguments: Arguments::parse([], |_| None, Some("/home/anna".into()), Path::new("/")).expect("its choices"),
            log_folder: "/logs".into(),
            program: Err(ProgramError::NotAnArray),
            storage: None,
        });
        desktop::set_up(app.handle()).expect("its state");
        allow_served(app.handle(), &address(SERVED)).expect("its capabilities");
        app
    }

    fn window(app: &App<MockRuntime>, label: &str) -> WebviewWindow<MockRuntime> {
        let shown = WebviewUrl::External(address(SERVED));
        WebviewWindowBuilder::new(app, label, shown).build().expect("a window")
    }

    fn address(text: &str) -> Url {
        Url::parse(text).expect("an address")
    }

    /// Whether a page at `from` may call a command; the call itself must come out well then.
    fn may(window: &WebviewWindow<MockRuntime>, from: &str, command: &str) -> bool {
        match call(window, from, command) {
            Ok(()) => true,
            Err(reason) => {
                assert!(reason.contains("not allowed"), "{command} from {from}: {reason}");
                false
            }
        }
    }

    fn call(window: &WebviewWindow<MockRuntime>, from: &str, command: &str) -> Result<(), String> {
        let request = InvokeRequest {
            cmd: command.into(),
            callback: CallbackFn(0),
            error: CallbackFn(1),
            url: address(from),
            body: InvokeBody::Json(serde_json::json!({ "path": "/tasks" })),
            headers: Default::default(),
            invoke_key: INVOKE_KEY.to_string(),
        };
        let answer = get_ipc_response(window, request);
        answer.map(drop).map_err(|reason| reason.to_string())
    }

    #[test]
    fn the_large_window_may_set_things_and_the_small_one_only_go() {
        let app = shell();
        let (large, small) = (window(&app, MAIN), window(&app, CAPTURE));
        assert!(may(&large, SERVED, "desktop_settings"));
        assert!(!may(&large, SERVED, "show_view"));
        assert!(!may(&large, SERVED, "open_log_folder"));
        assert!(may(&small, SERVED, "close_window"));
        assert!(may(&small, SERVED, "show_view"));
        assert!(!may(&small, SERVED, "desktop_settings"));
    }

    #[test]
    fn both_windows_may_ask_to_be_signed_in_and_hear_when_that_cannot_be() {
        let app = shell();
        for label in [MAIN, CAPTURE] {
            let window = window(&app, label);
            let refused = call(&window, SERVED, "sign_in").expect_err("nothing is served");
            assert!(refused.contains("still starting"), "{refused}");
            assert!(!may(&window, "https://evil.example", "sign_in"));
        }
    }

    #[test]
    fn an_origin_is_granted_the_same_once() {
        let granted = Granted::default();
        assert!(granted.is_new(SERVED));
        assert!(!granted.is_new(SERVED), "at the next restart");
        assert!(granted.is_new("http://127.0.0.1:8743"));
    }

    #[test]
    fn no_other_origin_may_call_anything() {
        let app = shell();
        let (large, small) = (window(&app, MAIN), window(&app, CAPTURE));
        for from in [
            "http://127.0.0.1:8743",
            "http://localhost:8742",
            "https://127.0.0.1:8742",
            "http://127.0.0.1.evil.example:8742",
            "https://evil.example",
            "tauri://localhost",
            "about:blank",
        ] {
            assert!(!may(&large, from, "desktop_settings"), "{from}");
            assert!(!may(&small, from, "show_view"), "{from}");
        }
    }
}
