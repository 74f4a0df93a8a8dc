//! Notifications of the system.

use tauri::{AppHandle, Runtime};

use super::large_window;

const LONGEST_TITLE: usize = 120;
const LONGEST_BODY: usize = 400;

/// Show one; a click on it shows the view at `place`, where the system tells of clicks. Without a place for
/// notifications nothing happens.
pub fn show<R: Runtime>(app: &AppHandle<R>, title: &str, body: &str, place: &str) {
    let (title, body) = (shortened(title, LONGEST_TITLE), shortened(body, LONGEST_BODY));
    let (app, place) = (app.clone(), place.to_owned());
    // It waits for the click, or until it is closed.
    std::thread::spawn(move || {
        if tell(&title, &body) {
            large_window::go(&app, &place);
        }
    });
}

/// Whether it was clicked.
#[cfg(target_os = "linux")]
fn tell(title: &str, body: &str) -> bool {
    // Where marks in the text mean something, what a page called itself must not be read as such.
    let marks = notify_rust::get_capabilities().is_ok_and(|known| known.iter().any(|each| each == "body-markup"));
    let body = if marks { escaped(body) } else { body.to_owned() };
    let shown = notify_rust::Notification::new()
        .appname("Cortex")
        .icon("cortex-desktop")
        .summary(title)
        .body(&body)
        .action("default", "Open")
        .show();
    let mut clicked = false;
    if let Ok(notification) = shown {
        notification.wait_for_action(|action| clicked = action == "default");
    }
    clicked
}

/// Shown only: a click brings the program to the front by itself.
#[cfg(not(target_os = "linux"))]
fn tell(title: &str, body: &str) -> bool {
    if let Err(error) = notify_rust::Notification::new()
        .appname("Cortex")
        .summary(title)
        .body(body)
        .show()
    {
        crate::console::say(&format!("A notification was not shown: {error}"));
    }
    false
}

#[cfg(any(target_os = "linux", test))]
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// On one line where it is a title, and never longer than anybody reads.
fn shortened(text: &str, most: usize) -> String {
    let plain: String = text
        .chars()
        .map(|each| if each.is_control() { ' ' } else { each })
        .collect();
    match plain.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", plain[..end].trim_end()),
        None => plain.trim().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_page_calls_itself_is_no_markup() {
        assert_eq!(escaped("<img src=x> & <b>"), "&lt;img src=x&gt; &amp; &lt;b&gt;");
    }

    #[test]
    fn long_texts_end_in_time() {
        assert_eq!(shortened("  a\nb\u{7}c  ", 10), "a b c");
        assert_eq!(shortened(&"ä".repeat(200), 120).chars().count(), 121);
    }
}
