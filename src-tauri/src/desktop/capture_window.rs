//! The small window for saving something, over whatever the owner is doing.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tauri::{AppHandle, Manager, Runtime, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent};
use url::Url;

use super::kept::Kept;
use super::page::{dispatch, shows_page};
use super::served::Served;
use super::signed_in::SignedIn;
use super::views::CAPTURE;
use crate::Shell;
use crate::console;
use crate::owner::Connection;
use crate::window::{Place, RECOVER, on_navigation, storing};

/// The window's label.
pub const LABEL: &str = "capture";
const WIDTH: f64 = 480.0;
const HEIGHT: f64 = 260.0;

/// A page costs memory, and a moment to be made again: it is kept for this time after it was put away.
const KEPT_FOR: Duration = Duration::from_secs(300);

/// A large window that was opened at the same time is signed in by then; one that asks for a first choice never says so.
const SIGNED_IN_WITHIN: Duration = Duration::from_secs(5);

/// Held while the window is made or given up, so that two presses of the keys make one; and how long it is kept.
#[derive(Default)]
pub struct Making {
    alone: Mutex<()>,
    kept: Kept,
}

/// Show it, or hide it when it is in front: the same keys do both. While Cortex starts, it waits for that.
pub fn toggle<R: Runtime>(app: &AppHandle<R>) {
    if let Some(window) = app.get_webview_window(LABEL)
        && window.is_visible().unwrap_or(false)
        && window.is_focused().unwrap_or(false)
    {
        hide(&window);
        return;
    }
    show(app);
}

/// Show it in front, with its field ready; as soon as Cortex is there.
pub fn show<R: Runtime>(app: &AppHandle<R>) {
    let Some(connection) = app.state::<Served>().capture_or_wait() else {
        return;
    };
    let app = app.clone();
    // Signing in waits for an answer; the window's own thread must not.
    std::thread::spawn(move || {
        let making = app.state::<Making>();
        let _alone = making.alone.lock();
        making.kept.take_out();
        let present = app.get_webview_window(LABEL);
        let is_new = present.is_none();
        let made = match present {
            Some(window) => Ok(window),
            None => create(&app, &connection),
        };
        let now = app.state::<Served>().connection();
        if is_new && now.is_none_or(|now| now.origin() != connection.origin()) {
            // Cortex went while the window was made; with the next one it comes.
            discard(&app);
            show(&app);
        } else if let Err(error) = made.and_then(|window| Ok(bring_up(&window)?)) {
            console::say(&format!("The small window could not be shown: {error}"));
        }
    });
}

fn bring_up<R: Runtime>(window: &WebviewWindow<R>) -> tauri::Result<()> {
    window.center()?;
    window.show()?;
    window.set_focus()
}

/// Put it away. What was typed is kept, and what is being saved goes on.
pub fn hide<R: Runtime>(window: &WebviewWindow<R>) {
    if let Err(error) = window.hide() {
        console::say(&format!("The small window could not be hidden: {error}"));
        return;
    }
    let app = window.app_handle().clone();
    if !app.state::<Making>().kept.put_away(Instant::now() + KEPT_FOR) {
        return;
    }
    std::thread::spawn(move || {
        let making = app.state::<Making>();
        if !making.kept.wait() {
            return;
        }
        let _alone = making.alone.lock();
        let is_hidden = app
            .get_webview_window(LABEL)
            .is_some_and(|window| !window.is_visible().unwrap_or(true));
        if is_hidden {
            discard(&app);
        }
    });
}

/// Cortex is back. The page of the same origin goes on by itself, with all that was typed; one of another origin is made
/// anew, at once where it was to be seen.
pub fn follow<R: Runtime>(app: &AppHandle<R>) {
    let Some(window) = app.get_webview_window(LABEL) else {
        return;
    };
    if shows_page(&window, Place::is_served) {
        if let Err(error) = window.eval(RECOVER) {
            console::say(&format!("The small window did not follow: {error}"));
        }
        return;
    }
    let was_seen = window.is_visible().unwrap_or(false);
    discard(app);
    if was_seen {
        show(app);
    }
}

/// Let its page hear of something, where it can be seen; whether it can.
pub fn tell<R: Runtime>(app: &AppHandle<R>, event: &str, detail: &serde_json::Value) -> bool {
    let seen = app
        .get_webview_window(LABEL)
        .filter(|window| window.is_visible().unwrap_or(false) && shows_page(window, Place::is_served));
    seen.is_some_and(|window| dispatch(&window, event, detail))
}

/// Forget the window. It is made anew when it is asked for.
fn discard<R: Runtime>(app: &AppHandle<R>) {
    if let Some(window) = app.get_webview_window(LABEL)
        && let Err(error) = window.destroy()
    {
        console::say(&format!("The small window could not be closed: {error}"));
    }
}

/// Where the large window's storage is its own, too, it is signed in by that: a sign-in of its own would take the place
/// of the other one's.
fn address<R: Runtime>(app: &AppHandle<R>, connection: &Connection) -> Result<Url, Box<dyn std::error::Error>> {
    let is_shared = app.state::<Shell>().storage.is_some();
    if is_shared && app.state::<SignedIn>().wait(SIGNED_IN_WITHIN) {
        connection.prove_again()?;
        return Ok(connection.origin().join(CAPTURE)?);
    }
    Ok(connection.sign_in(CAPTURE)?)
}

/// Where it goes that asks to be signed in again at `place`. The large window of the same storage has lost its session,
/// too: of two sign-ins at once one would leave its cookie and the other one its secret.
pub fn address_again<R: Runtime>(
    app: &AppHandle<R>,
    connection: &Connection,
    place: &str,
) -> Result<Url, Box<dyn std::error::Error>> {
    let is_shared = app.state::<Shell>().storage.is_some();
    if is_shared && app.state::<SignedIn>().wait_anew(SIGNED_IN_WITHIN) {
        connection.prove_again()?;
        return Ok(connection.origin().join(place)?);
    }
    Ok(connection.sign_in(place)?)
}

fn create<R: Runtime>(
    app: &AppHandle<R>,
    connection: &Connection,
) -> Result<WebviewWindow<R>, Box<dyn std::error::Error>> {
    let address = address(app, connection)?;
    let builder = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::External(address))
        .title("Save to Cortex")
        .inner_size(WIDTH, HEIGHT)
        .resizable(false)
        .maximizable(false)
        .minimizable(false)
        .always_on_top(true)
        .skip_taskbar(true)
        .visible_on_all_workspaces(true)
        .center()
        .visible(false)
        .disable_drag_drop_handler()
        .devtools(cfg!(debug_assertions))
        .on_navigation(on_navigation(Arc::clone(&app.state::<Arc<Place>>())));
    let window = storing(builder, app, app.state::<Shell>().storage.clone()).build()?;
    #[cfg(target_os = "linux")]
    super::drops::watch(&window);
    let itself = window.clone();
    window.on_window_event(move |event| {
        if let WindowEvent::CloseRequested { api, .. } = event {
            api.prevent_close();
            hide(&itself);
        }
    });
    Ok(window)
}
