//! Requests to end that come from outside the window.

use std::io::Read;
use std::{io, thread};

use tauri::{AppHandle, Runtime};

/// End the program in order on SIGTERM, SIGINT and SIGHUP.
#[cfg(unix)]
pub fn end_on_signals<R: Runtime>(app: &AppHandle<R>) -> io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

    let mut signals = signal_hook::iterator::Signals::new([SIGTERM, SIGINT, SIGHUP])?;
    let app = app.clone();
    thread::Builder::new().name("signals".into()).spawn(move || {
        for _ in signals.forever() {
            app.exit(0);
        }
    })?;
    Ok(())
}

/// Windows has no such signals for programs with a window.
#[cfg(not(unix))]
pub fn end_on_signals<R: Runtime>(_app: &AppHandle<R>) -> io::Result<()> {
    Ok(())
}

/// End the program in order when its standard input ends.
pub fn end_with_stdin<R: Runtime>(app: &AppHandle<R>) -> io::Result<()> {
    let app = app.clone();
    thread::Builder::new().name("stdin".into()).spawn(move || {
        let mut input = io::stdin().lock();
        let mut ignored = [0_u8; 1024];
        while input.read(&mut ignored).is_ok_and(|size| size > 0) {}
        app.exit(0);
    })?;
    Ok(())
}
