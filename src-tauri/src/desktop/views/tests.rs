//! Links that lead somewhere, and those that try to lead elsewhere.

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
        (
            "cortex://search?in=highlights&colour=green",
            "/search?in=highlights&colour=green",
        ),
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
