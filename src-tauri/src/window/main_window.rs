//! The making of the window.

use std::path::PathBuf;
use std::sync::Arc;

use tauri::webview::{Color, NewWindowResponse};
use tauri::{AppHandle, Manager, Runtime, Theme, WebviewUrl, WebviewWindow, WebviewWindowBuilder};
use url::Url;

use super::navigation::{Place, Target};
use super::outside;
use crate::console;
use crate::desktop::downloads;

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
    let (opening, opener) = (Arc::clone(place), app.clone());
    let builder = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::App("index.html".into()))
        .title("Cortex")
        .inner_size(1200.0, 800.0)
        .min_inner_size(360.0, 480.0)
        .visible(look.visible)
        .devtools(cfg!(debug_assertions))
        // The page takes what is dropped on it.
        .disable_drag_drop_handler()
        .on_navigation(on_navigation(Arc::clone(place)))
        .on_download(|webview, event| downloads::follow(&webview, event))
        .on_new_window(move |address, _features| {
            match opening.target(&address) {
                Target::Outside => outside::open_address(&address),
                Target::Here => show_here(&opener, &address),
                Target::Nowhere => {}
            }
            NewWindowResponse::Deny
        });
    let window = storing(builder, app, look.storage).build()?;
    // What is seen before the first page is there.
    window.set_background_color(Some(match window.theme()? {
        Theme::Dark => Color(0x17, 0x16, 0x14, 0xff),
        _ => Color(0xfb, 0xfa, 0xf8, 0xff),
    }))?;
    Ok(window)
}

/// Let the page keep what it stores in this folder; None keeps nothing.
pub fn storing<'a, R: Runtime, M: Manager<R>>(
    builder: WebviewWindowBuilder<'a, R, M>,
    app: &AppHandle<R>,
    storage: Option<PathBuf>,
) -> WebviewWindowBuilder<'a, R, M> {
    if let Some(folder) = storage {
        return builder.data_directory(folder);
    }
    // The toolkit wants a folder to be there, even where nothing is put into it.
    let usual = app.path().app_local_data_dir().ok();
    let folder = usual.filter(|folder| std::fs::create_dir_all(folder).is_ok());
    builder
        .incognito(true)
        .data_directory(folder.unwrap_or_else(std::env::temp_dir))
}

/// There is one window: what a page would open in another one is shown in this one. Files are not: the page fetches
/// them itself, because the request of a new window carries no sign-in.
fn show_here<R: Runtime>(app: &AppHandle<R>, address: &Url) {
    let shown = match app.get_webview_window(MAIN) {
        Some(_) if address.path().starts_with("/api/") => Ok(()),
        Some(_) => go(app, &address[url::Position::BeforePath..]),
        None => Ok(()),
    };
    if let Err(error) = shown {
        console::say(&format!("The window did not follow: {error}"));
    }
}

/// Lets a window go where it may, and the system's programs show the rest.
pub fn on_navigation(place: Arc<Place>) -> impl Fn(&Url) -> bool + Send + 'static {
    move |address| {
        let target = place.target(address);
        if target == Target::Outside {
            outside::open_address(address);
        }
        target == Target::Here
    }
}

/// Show this place of the served interface, for example `/capture`; as soon as it is there.
pub fn go<R: Runtime>(app: &AppHandle<R>, place: &str) -> tauri::Result<()> {
    let known = app.state::<Arc<Place>>();
    if let Some(window) = app.get_webview_window(MAIN) {
        let address = window.url()?;
        if known.is_there(&address) {
            return window.eval(going_to(&address, place));
        }
    }
    known.go_next(place.to_owned());
    Ok(())
}

/// The page has reported in: it is told where it was asked to go meanwhile.
pub fn arrived<R: Runtime>(app: &AppHandle<R>) -> tauri::Result<()> {
    match app.state::<Arc<Place>>().arrived() {
        Some(place) => go(app, &place),
        None => Ok(()),
    }
}

/// A page that listens goes there by itself and loses nothing of what is typed; any other one is loaded anew. The
/// window's address may be ahead of its page: a page of another origin goes nowhere.
fn going_to(address: &Url, place: &str) -> String {
    let (origin, place) = (
        serde_json::Value::from(address.origin().ascii_serialization()),
        serde_json::Value::from(place),
    );
    format!(
        "((origin, place) => location.origin === origin \
         && dispatchEvent(new CustomEvent('cortex:go', {{ detail: place, cancelable: true }})) \
         && location.assign(place))({origin}, {place})"
    )
}
