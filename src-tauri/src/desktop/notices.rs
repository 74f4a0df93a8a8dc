//! Notifications of the system.

#[cfg(target_os = "linux")]
use tauri::Manager;
use tauri::{AppHandle, Runtime};

const LONGEST_TITLE: usize = 120;
const LONGEST_BODY: usize = 400;

/// Show one; a click on it shows the view at `place`, where the system tells of clicks. Without a place for
/// notifications nothing happens.
pub fn show<R: Runtime>(app: &AppHandle<R>, title: &str, body: &str, place: &str) {
    let (title, body) = (shortened(title, LONGEST_TITLE), shortened(body, LONGEST_BODY));
    let (app, place) = (app.clone(), place.to_owned());
    // It waits for an answer of the system.
    std::thread::spawn(move || tell(&app, &title, &body, &place));
}

#[cfg(target_os = "linux")]
fn tell<R: Runtime>(app: &AppHandle<R>, title: &str, body: &str, place: &str) {
    app.state::<super::notice_bus::NoticeBus>()
        .show(app, title, body, place);
}

/// Shown only: a click brings the program to the front by itself.
#[cfg(not(target_os = "linux"))]
fn tell<R: Runtime>(_app: &AppHandle<R>, title: &str, body: &str, _place: &str) {
    if let Err(error) = notify_rust::Notification::new()
        .appname("Cortex")
        .summary(title)
        .body(body)
        .show()
    {
        crate::console::say(&format!("A notification was not shown: {error}"));
    }
}

/// Never longer than anybody reads; cut between two words, unless most of it is one long one.
fn shortened(text: &str, most: usize) -> String {
    let plain: String = text
        .chars()
        .map(|each| if each.is_control() && each != '\n' { ' ' } else { each })
        .collect();
    let plain = plain.trim();
    let Some((end, _)) = plain.char_indices().nth(most) else {
        return plain.to_owned();
    };
    let begun = &plain[..end];
    let last_space = begun
        .rfind(char::is_whitespace)
        .filter(|space| *space > begun.len() / 2);
    format!("{}…", begun[..last_space.unwrap_or(end)].trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_end_in_time() {
        assert_eq!(shortened("  a\nb\u{7}c  ", 10), "a\nb c");
        assert_eq!(shortened(&"ä".repeat(200), 120).chars().count(), 121);
        assert_eq!(
            shortened("herons stand on one leg", 18),
            "herons stand on…",
            "no word is cut"
        );
        let address = format!("Saved: https://example.com/{}", "a".repeat(200));
        assert_eq!(
            shortened(&address, 120).chars().count(),
            121,
            "one that is most of it is"
        );
    }
}
