//! Telling the page of a window something.

use std::sync::Arc;

use serde_json::Value;
use tauri::{Manager, Runtime, WebviewWindow};
use url::Url;

use crate::console;
use crate::window::Place;

/// Whether the window's address is what `is_so` says of the served interface.
pub fn shows_page<R: Runtime>(window: &WebviewWindow<R>, is_so: impl Fn(&Place, &Url) -> bool) -> bool {
    let place = window.state::<Arc<Place>>();
    window.url().is_ok_and(|shown| is_so(&place, &shown))
}

/// Let the page hear an event of this name; whether it could be sent.
pub fn dispatch<R: Runtime>(window: &WebviewWindow<R>, event: &str, detail: &Value) -> bool {
    let event = Value::from(event);
    let sent = window.eval(format!(
        "dispatchEvent(new CustomEvent({event}, {{ detail: {detail} }}))"
    ));
    if let Err(error) = &sent {
        console::say(&format!("The page was not told: {error}"));
    }
    sent.is_ok()
}
