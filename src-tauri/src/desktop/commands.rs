//! What the served page may ask of the desktop. Named in `build.rs`, too; granted in [`crate::ipc`].

use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use tauri::{AppHandle, Manager, Runtime, State, WebviewWindow};

use crate::window::{MAIN, Place, path_of};
use crate::{Shell, sidecar};

use super::preferences::Preferences;
use super::served::Served;
use super::signed_in::SignedIn;
use super::{capture_window, keys, large_window, login, notices, tray, views};

/// Why the chosen keys do nothing, if so.
#[derive(Default)]
pub struct KeysProblem(pub Mutex<Option<keys::Problem>>);

/// How things are set on this computer.
#[derive(Serialize)]
pub struct Settings {
    shortcut: Option<String>,
    shortcut_problem: Option<keys::Problem>,
    /// None where there is nothing installed that could be started.
    start_at_login: Option<bool>,
    keep_running: bool,
    has_tray: bool,
}

/// How things are set.
#[tauri::command(async)]
pub fn desktop_settings<R: Runtime>(app: AppHandle<R>) -> Settings {
    let choices = app.state::<Preferences>().get();
    let starts = is_installed(&app).then(|| login::is_on(&app));
    Settings {
        shortcut: choices.shortcut,
        shortcut_problem: *app
            .state::<KeysProblem>()
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner),
        start_at_login: starts,
        keep_running: choices.keep_running,
        has_tray: tray::is_shown(&app),
    }
}

/// Whether this program finds all of its parts by itself: run from a folder of sources or to show a sample, it does not.
fn is_installed<R: Runtime>(app: &AppHandle<R>) -> bool {
    std::env::var_os(sidecar::VARIABLE).is_none() && !app.state::<Shell>().arguments.demo
}

/// Open the small window by these keys from now on; None takes them away. The answer says whether they work.
#[tauri::command(async)]
pub fn set_shortcut<R: Runtime>(
    app: AppHandle<R>,
    keys: Option<String>,
    preferences: State<'_, Preferences>,
) -> Result<Settings, String> {
    if let Some(text) = &keys {
        keys::read(text).map_err(|_| "These keys cannot be used everywhere. Choose others.".to_owned())?;
    }
    preferences
        .change(|choices| choices.shortcut = keys)
        .map_err(not_kept)?;
    hold_chosen_keys(&app);
    Ok(desktop_settings(app))
}

/// Start when the owner signs in to this computer, without a window.
#[tauri::command(async)]
pub fn set_start_at_login<R: Runtime>(app: AppHandle<R>, on: bool) -> Result<Settings, String> {
    if !is_installed(&app) {
        return Err("Cortex is not installed here, so there is nothing to start at login.".into());
    }
    login::set(&app, on)
        .map_err(|error| format!("This computer did not take the change, so nothing changed: {error}."))?;
    Ok(desktop_settings(app))
}

/// Whether closing the window leaves Cortex running.
#[tauri::command(async)]
pub fn set_keep_running<R: Runtime>(
    app: AppHandle<R>,
    on: bool,
    preferences: State<'_, Preferences>,
) -> Result<Settings, String> {
    preferences
        .change(|choices| choices.keep_running = on)
        .map_err(not_kept)?;
    Ok(desktop_settings(app))
}

/// Show a notification of the system; a click on it leads to the view at `path`.
#[tauri::command]
pub fn notify<R: Runtime>(app: AppHandle<R>, title: &str, body: &str, path: &str) {
    notices::show(&app, title, body, &views::place_of_path(path));
}

/// Show a view in the large window, and put the small one away.
#[tauri::command]
pub fn show_view<R: Runtime>(app: AppHandle<R>, window: WebviewWindow<R>, path: &str) {
    if window.label() == capture_window::LABEL {
        capture_window::hide(&window);
    }
    large_window::go(&app, &views::place_of_path(path));
}

/// Close the window that asks.
#[tauri::command]
pub fn close_window<R: Runtime>(app: AppHandle<R>, window: WebviewWindow<R>) {
    if window.label() == capture_window::LABEL {
        capture_window::hide(&window);
    } else {
        large_window::close(&app);
    }
}

/// Whether processing is paused, for the tray. Only a page that is signed in knows: so it is there, too.
#[tauri::command]
pub fn tell_paused<R: Runtime>(app: AppHandle<R>, paused: bool) {
    app.state::<SignedIn>().done();
    large_window::arrived(&app);
    tray::tell_paused(&app, paused);
}

/// Sign the window in that asks, where it is. Fails in words while there is no Cortex to do so.
#[tauri::command(async)]
pub fn sign_in<R: Runtime>(
    app: AppHandle<R>,
    window: WebviewWindow<R>,
    served: State<'_, Served>,
    place: State<'_, Arc<Place>>,
) -> Result<(), String> {
    let connection = served
        .connection()
        .ok_or("Cortex is still starting. Try again in a moment.")?;
    let signed_in = window
        .url()
        .map(|shown| {
            if window.label() != MAIN {
                return path_of(&shown);
            }
            place.leave(&shown);
            place.set_out()
        })
        .map_err(|error| error.to_string())
        .and_then(|place| {
            if window.label() == MAIN {
                return connection.sign_in(&place).map_err(|error| error.to_string());
            }
            capture_window::address_again(&app, &connection, &place).map_err(|error| error.to_string())
        })
        .and_then(|address| {
            if window.label() == MAIN {
                app.state::<SignedIn>().begin();
            }
            window.navigate(address).map_err(|error| error.to_string())
        });
    signed_in.map_err(|error| format!("This window could not be signed in: {error}."))
}

/// Hold the keys that were chosen, and keep in mind why they do nothing.
pub fn hold_chosen_keys<R: Runtime>(app: &AppHandle<R>) {
    let chosen = app.state::<Preferences>().get().shortcut;
    let problem = keys::hold(app, chosen.as_deref()).err();
    *app.state::<KeysProblem>()
        .0
        .lock()
        .unwrap_or_else(PoisonError::into_inner) = problem;
}

fn not_kept(error: std::io::Error) -> String {
    format!("Your choice could not be written down, so nothing changed: {error}.")
}
