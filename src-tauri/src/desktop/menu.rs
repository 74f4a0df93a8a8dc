//! The menu of macOS. Elsewhere there is none: the page has every command in its palette, and their keys work.

use rfd::AsyncFileDialog;
use tauri::menu::{Menu, MenuItemBuilder, SubmenuBuilder};
use tauri::{AppHandle, Runtime};

use super::{capture_window, files};
use crate::console;
use crate::window::MAIN;

/// Put the menu in place, where programs have one outside of their windows.
pub fn create<R: Runtime>(app: &AppHandle<R>) {
    if cfg!(target_os = "macos")
        && let Err(error) = build(app)
    {
        console::say(&format!("There is no menu: {error}"));
    }
}

fn build<R: Runtime>(app: &AppHandle<R>) -> tauri::Result<()> {
    let save = MenuItemBuilder::with_id("menu.capture", "Save Something…")
        .accelerator("CmdOrCtrl+N")
        .build(app)?;
    let add = MenuItemBuilder::with_id("menu.files", "Add Files…")
        .accelerator("CmdOrCtrl+O")
        .build(app)?;
    // The usual entries (quit, close, copy, paste, …) are the system's own.
    let menu = Menu::default(app)?;
    menu.append(&SubmenuBuilder::new(app, "Library").item(&save).item(&add).build()?)?;
    app.set_menu(menu)?;
    app.on_menu_event(|app, event| match event.id().as_ref() {
        "menu.capture" => capture_window::show(app),
        "menu.files" => choose_files(app),
        _ => {}
    });
    Ok(())
}

/// Ask for files in the system's own dialog, and add them.
fn choose_files<R: Runtime>(app: &AppHandle<R>) {
    let answer = AsyncFileDialog::new()
        .set_title("Add files to your library")
        .pick_files();
    let app = app.clone();
    std::thread::spawn(move || {
        let chosen = tauri::async_runtime::block_on(answer).unwrap_or_default();
        files::add(
            &app,
            chosen.into_iter().map(|file| file.path().to_owned()).collect(),
            MAIN,
        );
    });
}
