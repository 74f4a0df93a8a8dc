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
    ("search", &["q", "mode", "in", "colour", "noted"]),
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
mod tests;
