//! The making of the window.

use std::path::PathBuf;
use std::sync::Arc;

use tauri::webview::NewWindowResponse;
use tauri::{AppHandle, Manager, Runtime, WebviewUrl, WebviewWindow, WebviewWindowBuilder};

use super::navigation::{Place, Target};
use super::outside;

/// The window's label.
pub const MAIN: &str = "main";

/// How the window is made.
pub struct Look {
    /// Whether it is shown at once.
    pub visible: bool,
    /// Where the page keeps what it stores: for each library its own; None keeps nothing.
    pub storage: Option<PathBuf>,
}

/// Make the window; it shows the bundled page.
pub fn create<R: Runtime>(app: &AppHandle<R>, place: &Arc<Place>, look: Look) -> tauri::Result<WebviewWindow<R>> {
    let (going, opening) = (Arc::clone(place), Arc::clone(place));
    let builder = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::App("index.html".into()))
        .title("Cortex")
        .inner_size(1200.0, 800.0)
        .min_inner_size(360.0, 480.0)
        .visible(look.visible)
        .devtools(cfg!(debug_assertions))
        .on_navigation(move |address| {
            let target = going.target(address);
            if target == Target::Outside {
                outside::open_address(address);
            }
            target == Target::Here
        })
        .on_new_window(move |address, _features| {
            if opening.target(&address) == Target::Outside {
                outside::open_address(&address);
            }
            NewWindowResponse::Deny
        });
    let builder = match look.storage {
        Some(folder) => builder.data_directory(folder),
        None => builder.incognito(true),
    };
    builder.build()
}

/// Show this place of the served interface, for example `/capture`; as soon as it is there.
pub fn go<R: Runtime>(app: &AppHandle<R>, place: &str) -> tauri::Result<()> {
    let known = app.state::<Arc<Place>>();
    match app.get_webview_window(MAIN) {
        Some(window) if known.is_served(&window.url()?) => {
            window.navigate(window.url()?.join(place).map_err(tauri::Error::InvalidUrl)?)
        }
        _ => {
            known.go_next(place.to_owned());
            Ok(())
        }
    }
}
