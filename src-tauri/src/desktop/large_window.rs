//! The large window: shown, sent to a view, put away.

use tauri::{AppHandle, Manager, Runtime, WebviewWindow, WindowEvent};

use super::page::{dispatch, shows_page};
use super::preferences::Preferences;
use super::views::CAPTURE;
use super::{capture_window, tray};
use crate::console;
use crate::window::{self, MAIN, Place};

/// Bring it to the front.
pub fn show<R: Runtime>(app: &AppHandle<R>) {
    let Some(window) = app.get_webview_window(MAIN) else {
        return;
    };
    let shown = window
        .unminimize()
        .and_then(|()| window.show())
        .and_then(|()| window.set_focus());
    if let Err(error) = shown {
        console::say(&format!("The window could not be brought to the front: {error}"));
    }
}

/// Bring it to the front with the view at `place`; the view for saving has a window of its own.
pub fn go<R: Runtime>(app: &AppHandle<R>, place: &str) {
    if place == CAPTURE {
        capture_window::show(app);
        return;
    }
    show(app);
    lead(app, place);
}

/// Send it to the view at `place`, where it is now: also when it is hidden.
pub fn lead<R: Runtime>(app: &AppHandle<R>, place: &str) {
    if let Err(error) = window::go(app, place) {
        console::say(&format!("The window could not be sent to {place}: {error}"));
    }
}

/// Its page is there: it goes where it was asked to meanwhile.
pub fn arrived<R: Runtime>(app: &AppHandle<R>) {
    if let Err(error) = window::arrived(app) {
        console::say(&format!("The window did not follow: {error}"));
    }
}

/// Let the page hear of something, as an event of this name; a page that does not listen misses it. Whether there is a
/// page of the interface to hear it.
pub fn tell<R: Runtime>(app: &AppHandle<R>, event: &str, detail: &serde_json::Value) -> bool {
    match app.get_webview_window(MAIN) {
        Some(window) if shows_page(&window, Place::is_there) => dispatch(&window, event, detail),
        _ => false,
    }
}

/// Whether the owner looks at it.
pub fn is_in_front<R: Runtime>(app: &AppHandle<R>) -> bool {
    app.get_webview_window(MAIN)
        .is_some_and(|window| window.is_focused().unwrap_or(false))
}

/// Closing it ends the program, unless the owner wants it to go on and there is a tray to come back from.
pub fn close<R: Runtime>(app: &AppHandle<R>) {
    let stays = app.state::<Preferences>().get().keep_running && tray::is_shown(app);
    match app.get_webview_window(MAIN) {
        Some(window) if stays => {
            if let Err(error) = window.hide() {
                console::say(&format!("The window could not be hidden: {error}"));
            }
        }
        _ => app.exit(0),
    }
}

/// Let its close button do as [`close`] says.
pub fn watch<R: Runtime>(window: &WebviewWindow<R>) {
    let app = window.app_handle().clone();
    window.on_window_event(move |event| {
        if let WindowEvent::CloseRequested { api, .. } = event {
            api.prevent_close();
            close(&app);
        }
    });
}
