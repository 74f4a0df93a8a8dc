//! Files dropped on a window. WebKitGTK lets a page see that files come, but gives it none of them; links and texts it
//! does give, so those stay the page's.

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;

use gtk::glib;
use gtk::prelude::WidgetExt;
use tauri::{Manager, Runtime, WebviewWindow};
use url::Url;

use super::{CAPTURE, files};
use crate::console;
use crate::window::MAIN;

/// Add the files that are dropped on this window.
pub fn watch<R: Runtime>(window: &WebviewWindow<R>) {
    let app = window.app_handle().clone();
    let from = if window.label() == CAPTURE { CAPTURE } else { MAIN };
    let watched = window.with_webview(move |webview| {
        let (view, held) = (webview.inner(), Rc::new(RefCell::new(Vec::new())));
        let coming = Rc::clone(&held);
        view.connect_drag_data_received(move |_, _, _, _, data, _, _| {
            let addresses = data.uris();
            if !addresses.is_empty() {
                *coming.borrow_mut() = files_in(addresses.iter().map(|each| each.as_str()));
            }
        });
        let dropped = Rc::clone(&held);
        view.connect_drag_drop(move |_, context, _, _, time| {
            let files = dropped.take();
            if files.is_empty() {
                return false;
            }
            context.drop_finish(true, time);
            files::add(&app, files, from);
            true
        });
        view.connect_drag_leave(move |_, _, _| {
            // It is told before a drop, too, which then comes at once.
            let left = Rc::clone(&held);
            glib::idle_add_local_once(move || drop(left.take()));
        });
    });
    if let Err(error) = watched {
        console::say(&format!("Files cannot be dropped: {error}"));
    }
}

/// The files that addresses mean; none when one of them is something else.
fn files_in<'a>(addresses: impl Iterator<Item = &'a str>) -> Vec<PathBuf> {
    let files = addresses.map(|address| {
        Url::parse(address)
            .ok()
            .filter(|url| url.scheme() == "file")?
            .to_file_path()
            .ok()
    });
    files.collect::<Option<Vec<_>>>().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_this_computer_are_files() {
        let names = |addresses: &[&str]| -> Vec<String> {
            let files = files_in(addresses.iter().copied());
            files.iter().map(|file| file.to_string_lossy().into_owned()).collect()
        };
        assert_eq!(
            names(&["file:///tmp/a%20b.pdf", "file://localhost/tmp/c"]),
            ["/tmp/a b.pdf", "/tmp/c"]
        );
        for other in ["https://example.org/a.pdf", "file://evil.example/share/a", "text", ""] {
            assert!(names(&["file:///tmp/a", other]).is_empty(), "{other}");
        }
    }
}
