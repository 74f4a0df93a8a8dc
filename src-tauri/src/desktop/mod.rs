//! What makes the window a part of this computer's desktop: the small window and its keys, the tray, links, files,
//! notifications, the start with the computer. None of it is needed: what a desktop does not have is left out.

mod capture_window;
pub mod commands;
pub mod downloads;
#[cfg(target_os = "linux")]
mod drops;
mod files;
mod folders;
#[cfg(target_os = "linux")]
mod hand_over;
mod kept;
mod keys;
mod large_window;
mod login;
mod menu;
#[cfg(target_os = "linux")]
mod notice_bus;
mod notices;
mod opened;
mod outcome;
mod page;
mod preferences;
mod served;
mod signed_in;
mod tray;
mod tray_host;
mod views;
#[cfg(target_os = "linux")]
mod window_keys;

pub use capture_window::LABEL as CAPTURE;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use tauri::{AppHandle, Builder, Manager, RunEvent, Runtime};
use tauri_plugin_window_state::StateFlags;

use crate::Shell;
use crate::arguments::Arguments;
use crate::owner::Connection;
use crate::window::MAIN;
use opened::Opened;
use preferences::Preferences;
use served::Served;
use signed_in::SignedIn;

/// The plugins. `library` names the library, so that each has one window, and not all together.
pub fn plug<R: Runtime>(builder: Builder<R>, arguments: &Arguments, library: &str) -> Builder<R> {
    let remembered = StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED;
    let windows = tauri_plugin_window_state::Builder::new()
        .with_state_flags(remembered)
        .with_denylist(&[CAPTURE]);
    // The demonstration is a library of its own each time.
    let builder = if arguments.demo {
        builder
    } else {
        let alone = tauri_plugin_single_instance::Builder::new()
            .dbus_id(bus_id(library))
            .callback(|app, words, folder| open_again(app, words, Path::new(&folder)));
        builder.plugin(alone.build())
    };
    login::plug(builder.plugin(windows.build()))
}

/// What the window of a library is called among the programs of a session.
fn bus_id(library: &str) -> String {
    format!("org.cortex.desktop.L{library}")
}

/// Whether a window of this library is there already and took over what this start was asked for.
#[cfg(target_os = "linux")]
pub fn is_handed_over(arguments: &Arguments, library: &str) -> bool {
    !arguments.demo && hand_over::to_the_first(&bus_id(library))
}

/// What is kept in mind; before the first window.
pub fn set_up<R: Runtime>(app: &AppHandle<R>) -> tauri::Result<()> {
    app.manage(Preferences::open(&app.path().app_config_dir()?));
    app.manage(Served::default());
    app.manage(SignedIn::default());
    app.manage(capture_window::Making::default());
    app.manage(downloads::Downloads::default());
    app.manage(commands::KeysProblem::default());
    #[cfg(target_os = "linux")]
    app.manage(notice_bus::NoticeBus::default());
    Ok(())
}

/// Take a place on the desktop; once there is a window, and a desktop.
pub fn begin<R: Runtime>(app: &AppHandle<R>) {
    if let Some(window) = app.get_webview_window(MAIN) {
        large_window::watch(&window);
        #[cfg(target_os = "linux")]
        drops::watch(&window);
    }
    #[cfg(target_os = "linux")]
    window_keys::watch(app);
    tray::create(app);
    menu::create(app);
    keys::follow(app);
    let holder = app.clone();
    // It waits for the window's own thread, which is this one.
    std::thread::spawn(move || commands::hold_chosen_keys(&holder));
    let arguments = &app.state::<Shell>().arguments;
    if arguments.capture || !arguments.opens.is_empty() {
        open(app, arguments, &std::env::current_dir().unwrap_or_default());
    }
}

/// The page of the large window is given a ticket.
pub fn sign_in<R: Runtime>(app: &AppHandle<R>) {
    app.state::<SignedIn>().begin();
}

/// No Cortex is served: what has its port now is asked for nothing, and what it would be asked for waits. The pages
/// stay, with what is typed in them.
pub fn serve_nothing<R: Runtime>(app: &AppHandle<R>) {
    app.state::<Served>().by_nobody();
}

/// A Cortex is served; called again whenever that becomes another one.
pub fn serve<R: Runtime>(app: &AppHandle<R>, connection: &Connection) {
    let waited = app.state::<Served>().by(connection.clone());
    for batch in waited.files {
        files::add_now(app, batch, connection.clone());
    }
    capture_window::follow(app);
    if waited.capture {
        capture_window::show(app);
    }
}

/// What the system itself tells the program.
pub fn hear<R: Runtime>(app: &AppHandle<R>, event: &RunEvent) {
    match event {
        RunEvent::Ready => begin(app),
        RunEvent::Exit => app.state::<downloads::Downloads>().clear(),
        #[cfg(target_os = "macos")]
        RunEvent::Opened { urls } => {
            let given: Vec<OsString> = urls.iter().map(|url| url.as_str().into()).collect();
            go(app, Opened::sort(&given, Path::new("/")), false);
        }
        #[cfg(target_os = "macos")]
        RunEvent::Reopen {
            has_visible_windows: false,
            ..
        } => large_window::show(app),
        _ => {}
    }
}

/// The program was started again: do here what it was asked there.
fn open_again<R: Runtime>(app: &AppHandle<R>, words: Vec<String>, folder: &Path) {
    let words = words.into_iter().skip(1).map(OsString::from);
    match Arguments::parse(words, |_| None, Some(PathBuf::new()), folder) {
        Ok(arguments) => open(app, &arguments, folder),
        Err(_) => large_window::show(app),
    }
}

fn open<R: Runtime>(app: &AppHandle<R>, arguments: &Arguments, folder: &Path) {
    if arguments.capture {
        capture_window::show(app);
    } else {
        go(app, Opened::sort(&arguments.opens, folder), arguments.hidden);
    }
}

/// `hidden` leaves the window where it is, for who asks for that.
fn go<R: Runtime>(app: &AppHandle<R>, opened: Opened, hidden: bool) {
    let added = (!opened.files.is_empty()).then(|| views::LIBRARY.to_owned());
    files::add(app, opened.files, MAIN);
    match opened.place.or(added) {
        Some(place) if hidden && place != views::CAPTURE => large_window::lead(app, &place),
        Some(place) => large_window::go(app, &place),
        None if hidden => {}
        None => large_window::show(app),
    }
}
