//! The tray: a way back to the window, and to what goes on without it.

use std::sync::atomic::{AtomicBool, Ordering};

use tauri::menu::{MenuBuilder, MenuItem, MenuItemBuilder};
use tauri::tray::{MouseButton, MouseButtonState, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Manager, Runtime};

use super::served::Served;
use super::{capture_window, large_window, notices, tray_host};
use crate::console;

const ID: &str = "tray";
const PAUSE: &str = "Pause processing";
const RESUME: &str = "Resume processing";

/// Whether processing is paused, as the page told last, and the entry that changes it.
pub struct Processing<R: Runtime> {
    paused: AtomicBool,
    entry: MenuItem<R>,
}

/// Make it where there is what it needs. Without it everything works, and closing the window ends the program.
pub fn create<R: Runtime>(app: &AppHandle<R>) {
    if !tray_host::has_library() {
        return;
    }
    if let Err(error) = build(app) {
        console::say(&format!("There is no tray: {error}"));
    }
}

/// Whether the owner can see it.
pub fn is_shown<R: Runtime>(app: &AppHandle<R>) -> bool {
    app.tray_by_id(ID).is_some() && tray_host::is_there()
}

/// Let it say what a click would do now.
pub fn tell_paused<R: Runtime>(app: &AppHandle<R>, paused: bool) {
    let Some(processing) = app.try_state::<Processing<R>>() else {
        return;
    };
    processing.paused.store(paused, Ordering::Relaxed);
    if let Err(error) = processing.entry.set_text(if paused { RESUME } else { PAUSE }) {
        console::say(&format!("The tray does not follow: {error}"));
    }
}

fn build<R: Runtime>(app: &AppHandle<R>) -> tauri::Result<()> {
    let entry = MenuItemBuilder::with_id("pause", PAUSE).build(app)?;
    let menu = MenuBuilder::new(app)
        .text("open", "Open Cortex")
        .text("capture", "Save something…")
        .separator()
        .item(&entry)
        .separator()
        .text("quit", "Quit Cortex")
        .build()?;
    app.manage(Processing {
        paused: AtomicBool::new(false),
        entry,
    });
    let mut builder = TrayIconBuilder::with_id(ID)
        .tooltip("Cortex")
        .menu(&menu)
        .show_menu_on_left_click(cfg!(target_os = "macos"))
        .on_menu_event(|app, event| match event.id().as_ref() {
            "open" => large_window::show(app),
            "capture" => capture_window::show(app),
            "pause" => pause_or_resume(app),
            "quit" => app.exit(0),
            _ => {}
        })
        .on_tray_icon_event(|tray, event| {
            // Where the desktop tells of clicks; elsewhere every click opens the menu.
            if let TrayIconEvent::Click {
                button: MouseButton::Left,
                button_state: MouseButtonState::Up,
                ..
            } = event
            {
                large_window::show(tray.app_handle());
            }
        });
    if let Some(icon) = app.default_window_icon() {
        builder = builder.icon(icon.clone());
    }
    builder.build(app).map(drop)
}

/// The page hears of it by its event stream, and tells us back.
fn pause_or_resume<R: Runtime>(app: &AppHandle<R>) {
    let app = app.clone();
    std::thread::spawn(move || {
        let paused = app.state::<Processing<R>>().paused.load(Ordering::Relaxed);
        let path = if paused {
            "/api/processing/resume"
        } else {
            "/api/processing/pause"
        };
        let done = match app.state::<Served>().connection() {
            Some(connection) => connection.post(path).map_err(|error| error.to_string()),
            None => Err("Cortex is still starting. Try again in a moment.".to_owned()),
        };
        match done {
            Ok(()) => tell_paused(&app, !paused),
            Err(reason) => {
                let what = if paused {
                    "Processing could not be resumed"
                } else {
                    "Processing could not be paused"
                };
                notices::show(&app, what, &reason, "/activity");
            }
        }
    });
}
