//! Keys that must work whatever the page does, also while it is loading or has failed: to close, and to quit.

use gtk::gdk::{EventKey, ModifierType, keys::constants as key};
use gtk::glib::Propagation;
use gtk::prelude::WidgetExt;
use tauri::{AppHandle, Manager, Runtime};

use super::large_window;
use crate::window::MAIN;

/// Let `Ctrl+W` close the large window and `Ctrl+Q` quit, before the page hears of them.
pub fn watch<R: Runtime>(app: &AppHandle<R>) {
    let Some(Ok(window)) = app.get_webview_window(MAIN).map(|window| window.gtk_window()) else {
        return;
    };
    let app = app.clone();
    window.connect_key_press_event(move |_, pressed| match wish(pressed) {
        Some(Wish::Close) => {
            large_window::close(&app);
            Propagation::Stop
        }
        Some(Wish::Quit) => {
            app.exit(0);
            Propagation::Stop
        }
        None => Propagation::Proceed,
    });
}

enum Wish {
    Close,
    Quit,
}

fn wish(pressed: &EventKey) -> Option<Wish> {
    let held =
        ModifierType::CONTROL_MASK | ModifierType::SHIFT_MASK | ModifierType::MOD1_MASK | ModifierType::SUPER_MASK;
    if pressed.state() & held != ModifierType::CONTROL_MASK {
        return None;
    }
    match pressed.keyval() {
        key::w | key::W => Some(Wish::Close),
        key::q | key::Q => Some(Wish::Quit),
        _ => None,
    }
}
