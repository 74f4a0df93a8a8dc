//! Brings the supervisor's stages into the window.

use std::sync::Arc;

use tauri::{AppHandle, Manager, Runtime};
use url::Url;

use super::main_window::MAIN;
use super::navigation::Place;
use crate::console;
use crate::desktop;
use crate::ipc;
use crate::owner::{Connection, OwnerError};
use crate::stages::Stages;
use crate::supervisor::{Presenter, Stage};

/// Loads a page again that failed to load while Cortex was away: WebKit's own page about that has no script.
pub const RECOVER: &str = "if (document.scripts.length === 0) location.reload()";

/// Shows stages in the main window.
pub struct WindowPresenter<R: Runtime> {
    app: AppHandle<R>,
    place: Arc<Place>,
    bundled: Url,
}

impl<R: Runtime> WindowPresenter<R> {
    /// `bundled` is the address of the bundled page.
    pub fn new(app: AppHandle<R>, place: Arc<Place>, bundled: Url) -> Self {
        Self { app, place, bundled }
    }

    /// The address of the page that is shown; None without a window.
    fn shown(&self) -> Option<Url> {
        self.app.get_webview_window(MAIN)?.url().ok()
    }

    /// A page that asks is no use in a window that is hidden.
    fn ask_for_attention(&self) {
        if let Some(window) = self.app.get_webview_window(MAIN) {
            report(window.show());
        }
    }

    fn show_bundled(&self) {
        if let (Some(window), Some(shown)) = (self.app.get_webview_window(MAIN), self.shown())
            && self.place.is_served(&shown)
        {
            self.place.leave(&shown);
            report(window.navigate(self.bundled.clone()));
        }
    }
}

impl<R: Runtime> Presenter for WindowPresenter<R> {
    fn show(&self, stage: Stage) {
        // While it starts again, the served page says so itself, and goes on by itself.
        let stays = matches!(
            stage,
            Stage::Starting { .. } | Stage::Restarting { .. } | Stage::Serving { .. }
        );
        if !matches!(stage, Stage::Serving { .. }) {
            desktop::serve_nothing(&self.app);
        }
        self.app.state::<Stages>().publish(stage);
        if !stays {
            self.show_bundled();
            self.ask_for_attention();
        }
    }

    fn open(&self, connection: &Connection, afresh: bool) -> Result<(), OwnerError> {
        let Some(window) = self.app.get_webview_window(MAIN) else {
            return Ok(());
        };
        let shown = self.shown();
        let origin = connection.origin();
        if let Some(shown) = &shown {
            self.place.leave(shown);
        }
        if self.place.serve(origin) {
            console::announce(&origin.origin().ascii_serialization());
        }
        report(ipc::allow_served(&self.app, origin));
        // A page that has not reported in yet may never come: its ticket was the former one's.
        if !afresh && shown.is_some_and(|shown| self.place.is_there(&shown)) {
            report(window.eval(RECOVER));
        } else {
            let address = connection.sign_in(&self.place.set_out())?;
            desktop::sign_in(&self.app);
            report(window.navigate(address));
        }
        desktop::serve(&self.app, connection);
        Ok(())
    }
}

/// A window that is being closed shows nothing any more; that is no reason to stop serving.
fn report(done: tauri::Result<()>) {
    if let Err(error) = done {
        console::say(&format!("The window did not follow: {error}"));
    }
}
