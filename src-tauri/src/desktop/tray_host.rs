//! Whether this desktop can show a tray.

/// Whether the library is installed that the tray is made with. Without it the toolkit would end the program.
#[cfg(target_os = "linux")]
#[allow(unsafe_code, reason = "loading a library runs what it runs when it is loaded")]
pub fn has_library() -> bool {
    // The names, in the order, in which the toolkit itself looks for it.
    const NAMES: &[&str] = &[
        "libayatana-appindicator3.so.1",
        "libappindicator3.so.1",
        "libayatana-appindicator3.so",
        "libappindicator3.so",
    ];
    // SAFETY: the library is the one that the toolkit loads, too, when the tray is made; GTK is set up by then.
    NAMES
        .iter()
        .any(|name| unsafe { libloading::Library::new(*name) }.map(std::mem::forget).is_ok())
}

/// It is part of the system.
#[cfg(not(target_os = "linux"))]
pub fn has_library() -> bool {
    true
}

/// Whether somebody shows trays now: some desktops show none, and a window that was put there would be lost.
#[cfg(target_os = "linux")]
pub fn is_there() -> bool {
    const WATCHER: &str = "org.kde.StatusNotifierWatcher";
    let asked = zbus::blocking::Connection::session().and_then(|bus| {
        bus.call_method(
            Some("org.freedesktop.DBus"),
            "/org/freedesktop/DBus",
            Some("org.freedesktop.DBus"),
            "NameHasOwner",
            &WATCHER,
        )?
        .body()
        .deserialize::<bool>()
    });
    asked.unwrap_or(false)
}

/// The system does.
#[cfg(not(target_os = "linux"))]
pub fn is_there() -> bool {
    true
}
