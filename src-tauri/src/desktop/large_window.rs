//! The large window: shown, sent to a view, put away.

use std::sync::Arc;

use tauri::{AppHandle, Manager, Runtime, WebviewWindow, WindowEvent};

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
    if let Err(error) = window::go(app, place) {
        console::say(&format!("The window could not be sent to {place}: {error}"));
    }
}

/// Let the page hear of something, as an event of this name; a page that does not listen misses it. Whether there is a
/// page of the interface to hear it.
pub fn tell<R: Runtime>(app: &AppHandle<R>, event: &str, detail: &serde_json::Value) -> bool {
    let event = serde_json::Value::from(event);
    let told = match app.get_webview_window(MAIN) {
        Some(window) => window
            .url()
            .and_then(|shown| match app.state::<Arc<Place>>().is_served(&shown) {
                true => window
                    .eval(format!(
                        "dispatchEvent(new CustomEvent({event}, {{ detail: {detail} }}))"
                    ))
                    .map(|()| true),
                false => Ok(false),
            }),
        None => Ok(false),
    };
    told.unwrap_or_else(|error| {
        console::say(&format!("The page was not told: {error}"));
        false
    })
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
