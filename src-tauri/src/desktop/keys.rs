//! The keys that open the small window from any program.

use std::cell::RefCell;
use std::sync::mpsc::channel;

use global_hotkey::hotkey::{Code, HotKey, Modifiers};
use global_hotkey::{Error, GlobalHotKeyEvent, GlobalHotKeyManager, HotKeyState};
use serde::Serialize;
use tauri::{AppHandle, Runtime};

use super::capture_window;
use crate::console;

/// Why keys do nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Problem {
    /// Another program has them.
    Taken,
    /// This desktop gives none to programs.
    Unsupported,
    /// There are no such keys, or they are no choice: other programs need them.
    Unknown,
}

/// Lives in the window's own thread, as the systems want it.
struct Held {
    manager: GlobalHotKeyManager,
    keys: Option<HotKey>,
}

thread_local! {
    static HELD: RefCell<Option<Held>> = const { RefCell::new(None) };
}

/// Let the small window follow the keys that [`hold`] is given.
pub fn follow<R: Runtime>(app: &AppHandle<R>) {
    let app = app.clone();
    GlobalHotKeyEvent::set_event_handler(Some(move |event: GlobalHotKeyEvent| {
        if event.state == HotKeyState::Pressed {
            capture_window::toggle(&app);
        }
    }));
}

/// Hold these keys instead of those before; None holds none. Tells why they do nothing.
pub fn hold<R: Runtime>(app: &AppHandle<R>, keys: Option<&str>) -> Result<(), Problem> {
    let keys = keys.map(read).transpose()?;
    if keys.is_some() && !gives_keys() {
        return Err(Problem::Unsupported);
    }
    let (tell, told) = channel();
    app.run_on_main_thread(move || {
        // It only fails when nobody waits for it any more.
        let _ = tell.send(HELD.with_borrow_mut(|held| exchange(held, keys)));
    })
    .map_err(|_| Problem::Unsupported)?;
    told.recv().unwrap_or(Err(Problem::Unsupported))
}

/// Read keys such as `Control+Shift+Space`. Those that every program needs are none.
pub fn read(text: &str) -> Result<HotKey, Problem> {
    let keys: HotKey = text.parse().map_err(|_| Problem::Unknown)?;
    let is_function = matches!(
        keys.key,
        Code::F1
            | Code::F2
            | Code::F3
            | Code::F4
            | Code::F5
            | Code::F6
            | Code::F7
            | Code::F8
            | Code::F9
            | Code::F10
            | Code::F11
            | Code::F12
    );
    let is_held = keys
        .mods
        .intersects(Modifiers::CONTROL | Modifiers::ALT | Modifiers::META);
    if is_function || is_held {
        Ok(keys)
    } else {
        Err(Problem::Unknown)
    }
}

fn exchange(held: &mut Option<Held>, keys: Option<HotKey>) -> Result<(), Problem> {
    if held.is_none() {
        if keys.is_none() {
            return Ok(());
        }
        let manager = GlobalHotKeyManager::new().map_err(|_| Problem::Unsupported)?;
        *held = Some(Held { manager, keys: None });
    }
    let Some(held) = held else {
        return Ok(());
    };
    if let Some(old) = held.keys.take()
        && let Err(error) = held.manager.unregister(old)
    {
        console::say(&format!("Keys were not given back: {error}"));
    }
    let Some(keys) = keys else {
        return Ok(());
    };
    held.manager.register(keys).map_err(|error| match error {
        Error::AlreadyRegistered(_) => Problem::Taken,
        _ => Problem::Unknown,
    })?;
    held.keys = Some(keys);
    Ok(())
}

/// Only X11 gives keys to programs, and in a Wayland session its keys reach only its own windows.
#[cfg(target_os = "linux")]
fn gives_keys() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    set("DISPLAY") && !set("WAYLAND_DISPLAY")
}

#[cfg(not(target_os = "linux"))]
fn gives_keys() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desktop::preferences::DEFAULT_SHORTCUT;

    #[test]
    fn keys_are_read_as_the_page_writes_them() {
        assert!(read(DEFAULT_SHORTCUT).is_ok());
        let held = Modifiers::CONTROL | Modifiers::SHIFT;
        assert_eq!(read("Control+Shift+Space"), Ok(HotKey::new(Some(held), Code::Space)));
        assert_eq!(
            read("Alt+Super+KeyK"),
            Ok(HotKey::new(Some(Modifiers::ALT | Modifiers::META), Code::KeyK))
        );
        assert_eq!(read("F9"), Ok(HotKey::new(None, Code::F9)));
        for code in [
            "Digit1",
            "ArrowUp",
            "Minus",
            "Backquote",
            "BracketLeft",
            "PageDown",
            "Insert",
            "Enter",
        ] {
            assert!(read(&format!("Control+{code}")).is_ok(), "{code}");
        }
    }

    #[test]
    fn keys_that_programs_need_are_refused() {
        for text in [
            "",
            "+",
            "KeyK",
            "Shift+KeyK",
            "Space",
            "Control",
            "Control+",
            "Control+Nothing",
            "KeyK+Control",
        ] {
            assert_eq!(read(text), Err(Problem::Unknown), "{text}");
        }
    }
}
