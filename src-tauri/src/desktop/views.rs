//! The addresses that a link, a notification or a page may send the window to. They only show; none does anything.

use url::Url;
use url::form_urlencoded::Serializer;

/// The scheme of links to views.
const SCHEME: &str = "cortex";
/// Where a link leads that means no view.
pub const LIBRARY: &str = "/library";
/// The view for saving something: it has a window of its own.
pub const CAPTURE: &str = "/capture";
const LONGEST: usize = 2_000;

/// Views without an id, with the parameters they know.
const VIEWS: &[(&str, &[&str])] = &[
    (
        "library",
        &[
            "view",
            "kind",
            "status",
            "tag",
            "in",
            "site",
            "month",
            "favourite",
            "archived",
            "sort",
        ],
    ),
    ("library/trash", &[]),
    ("search", &["q", "mode"]),
    ("chat", &[]),
    ("digest", &[]),
    ("connections", &["view", "focus"]),
    ("activity", &[]),
    ("tasks", &["status"]),
    ("organise", &[]),
    ("organise/tags", &[]),
    ("organise/collections", &[]),
    ("settings", &[]),
    ("settings/models", &[]),
    ("settings/privacy", &[]),
    ("settings/capture", &[]),
    ("settings/appearance", &[]),
    ("settings/shortcuts", &[]),
    ("settings/data", &[]),
    ("settings/desktop", &[]),
    ("settings/about", &[]),
    ("capture", &[]),
];
/// Views of one thing, with the parameters they know.
const VIEWS_OF_ONE: &[(&str, &[&str])] = &[
    ("item", &["at", "view", "page"]),
    ("chat", &["source"]),
    ("digest", &[]),
];

/// Whether this is a link to a view, well-formed or not.
pub fn is_link(text: &str) -> bool {
    text.split_once(':')
        .is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case(SCHEME))
}

/// The place of the interface that a link means, for example `/item/itm_1?page=3` for `cortex://item/itm_1?page=3`.
/// [`LIBRARY`] for one that means none.
pub fn place_of_link(link: &str) -> String {
    place(link).unwrap_or_else(|| LIBRARY.to_owned())
}

/// The place that a page names, if it is one: a path of the interface with its query. Else [`LIBRARY`].
pub fn place_of_path(path: &str) -> String {
    match path.strip_prefix('/') {
        Some(rest) => place_of_link(&format!("{SCHEME}://{rest}")),
        None => LIBRARY.to_owned(),
    }
}

fn place(link: &str) -> Option<String> {
    if link.len() > LONGEST {
        return None;
    }
    let (_, rest) = link.split_once("://").filter(|_| is_link(link))?;
    let rest = rest.split('#').next()?;
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let path = path.strip_suffix('/').unwrap_or(path);
    let known = known(path)?;
    let mut kept = Serializer::new(String::new());
    // Parsed as any address's query is; what the view does not know, or could not be typed, is left out.
    let parsed = Url::parse(&format!("{SCHEME}://view?{query}")).ok()?;
    for (name, value) in parsed.query_pairs() {
        if known.contains(&name.as_ref()) && !value.chars().any(char::is_control) {
            kept.append_pair(&name, &value);
        }
    }
    let kept = kept.finish();
    Some(if kept.is_empty() {
        format!("/{path}")
    } else {
        format!("/{path}?{kept}")
    })
}

/// The parameters of the view at `path`, compared as it is written: nothing is decoded, so nothing can hide in it.
fn known(path: &str) -> Option<&'static [&'static str]> {
    if let Some((_, parameters)) = VIEWS.iter().find(|(view, _)| *view == path) {
        return Some(parameters);
    }
    let (view, id) = path.split_once('/')?;
    let is_id = !id.is_empty()
        && id.len() <= 64
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    let (_, parameters) = VIEWS_OF_ONE.iter().find(|(known, _)| *known == view)?;
    is_id.then_some(parameters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_their_views() {
        for (link, place) in [
            ("cortex://library", "/library"),
            ("cortex://library/", "/library"),
            ("CORTEX://library", "/library"),
            ("cortex://library?tag=rust&sort=title", "/library?tag=rust&sort=title"),
            ("cortex://library/trash", "/library/trash"),
            ("cortex://item/itm_01JAB-x", "/item/itm_01JAB-x"),
            ("cortex://item/itm_1?at=30-80&page=3", "/item/itm_1?at=30-80&page=3"),
            ("cortex://search?q=two%20words%26more", "/search?q=two+words%26more"),
            ("cortex://search?q=%C3%A4rger", "/search?q=%C3%A4rger"),
            ("cortex://chat/cnv_1", "/chat/cnv_1"),
            ("cortex://settings/desktop", "/settings/desktop"),
            ("cortex://capture", "/capture"),
        ] {
            assert_eq!(place_of_link(link), place, "{link}");
        }
    }

    #[test]
    fn hostile_links_lead_to_the_library() {
        for link in [
            "",
            "cortex:",
            "cortex:item/itm_1",
            "cortex:///library",
            "cortex:////evil.example/",
            "cortex://evil.example",
            "cortex://evil.example/library",
            "cortex://item",
            "cortex://item/",
            "cortex://item//evil.example",
            "cortex://item/../settings",
            "cortex://item/%2e%2e%2fsettings",
            "cortex://item/itm_1/original",
            "cortex://item/a\\..\\b",
            "cortex://item/itm 1",
            "cortex://item/itm_1\n",
            "cortex://item@evil.example/itm_1",
            "cortex://user:secret@item/itm_1",
            "cortex://item:80/itm_1",
            "cortex://api/items",
            "cortex://api/undo/1",
            "cortex://settings/../api/settings",
            "cortex://welcome?ticket=stolen",
            "cortex://Library",
            "cortex://%6cibrary",
            "cortex://javascript:alert(1)",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "https://evil.example/library",
            "/library",
        ] {
            assert_eq!(place_of_link(link), LIBRARY, "{link}");
        }
        assert_eq!(
            place_of_link(&format!("cortex://search?q={}", "a".repeat(LONGEST))),
            LIBRARY
        );
    }

    #[test]
    fn parameters_that_a_view_does_not_know_are_left_out() {
        for (link, place) in [
            ("cortex://library?ticket=stolen&tag=a", "/library?tag=a"),
            ("cortex://search?q=a&locale=pseudo", "/search?q=a"),
            ("cortex://search?q=a%00b&mode=keyword", "/search?mode=keyword"),
            (
                "cortex://chat/cnv_1?scope=item:1&source=msg_1.2",
                "/chat/cnv_1?source=msg_1.2",
            ),
            ("cortex://chat?scope=item:1&q=send+this", "/chat"),
            ("cortex://item/itm_1?at=1-2#@evil.example", "/item/itm_1?at=1-2"),
            ("cortex://search?q=a#b?mode=keyword", "/search?q=a"),
        ] {
            assert_eq!(place_of_link(link), place, "{link}");
        }
    }

    #[test]
    fn every_place_stays_on_its_origin() {
        let origin = Url::parse("http://127.0.0.1:8742/").expect("an address");
        for link in [
            "cortex://search?q=//evil.example",
            "cortex://item/itm_1",
            "cortex:////evil.example",
            "cortex://@",
        ] {
            let went = origin.join(&place_of_link(link)).expect("a path");
            assert_eq!(went.origin(), origin.origin(), "{link}");
        }
    }

    #[test]
    fn pages_name_places_by_the_same_table() {
        assert_eq!(place_of_path("/item/itm_1?page=2"), "/item/itm_1?page=2");
        assert_eq!(place_of_path("/activity"), "/activity");
        for path in [
            "",
            "activity",
            "//evil.example",
            "/api/items",
            "/../x",
            "https://evil.example",
        ] {
            assert_eq!(place_of_path(path), LIBRARY, "{path}");
        }
    }
}
