//! Where the window may go: the bundled pages and the served interface; everything else is the browser's.

use std::sync::{Mutex, MutexGuard, PoisonError};

use url::Url;

/// Who shows an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// This window.
    Here,
    /// The system's browser or mail program.
    Outside,
    /// Nobody.
    Nowhere,
}

/// The origin that is served now, and where its page was before a bundled page took its place.
#[derive(Default)]
pub struct Place(Mutex<Known>);

#[derive(Default)]
struct Known {
    served: Option<Url>,
    left: Option<String>,
}

impl Place {
    /// The library is served here now; whether it was not before.
    pub fn serve(&self, origin: &Url) -> bool {
        self.lock().served.replace(origin.clone()).as_ref() != Some(origin)
    }

    /// Whether the address belongs to the served interface.
    pub fn is_served(&self, address: &Url) -> bool {
        self.lock()
            .served
            .as_ref()
            .is_some_and(|served| served.origin() == address.origin())
    }

    /// The page at this address is left for a bundled one.
    pub fn leave(&self, address: &Url) {
        if self.is_served(address) {
            self.lock().left = Some(path_of(address));
        }
    }

    /// Go to this place (a path with its query) when the library is shown next.
    pub fn go_next(&self, place: String) {
        self.lock().left = Some(place);
    }

    /// The place to come back to; `/` when there is none.
    pub fn take_left(&self) -> String {
        self.lock().left.take().unwrap_or_else(|| "/".into())
    }

    /// Who shows this address.
    pub fn target(&self, address: &Url) -> Target {
        if is_bundled(address) || self.is_served(address) {
            return Target::Here;
        }
        match address.scheme() {
            "about" => Target::Here,
            "http" | "https" | "mailto" => Target::Outside,
            _ => Target::Nowhere,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_bundled(address: &Url) -> bool {
    let local = if cfg!(windows) {
        ("http", "tauri.localhost")
    } else {
        ("tauri", "localhost")
    };
    (address.scheme(), address.host_str().unwrap_or_default()) == local
}

/// Path, query and fragment, without the ticket of a sign-in.
fn path_of(address: &Url) -> String {
    let mut kept = address.clone();
    let pairs: Vec<_> = address.query_pairs().filter(|(name, _)| name != "ticket").collect();
    kept.set_query(None);
    if !pairs.is_empty() {
        kept.query_pairs_mut().extend_pairs(pairs);
    }
    kept[url::Position::BeforePath..].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(address: &str) -> Url {
        Url::parse(address).expect("the test's own address")
    }

    fn serving() -> Place {
        let place = Place::default();
        assert!(place.serve(&at("http://127.0.0.1:8742/")));
        place
    }

    #[test]
    fn only_the_bundled_pages_and_the_served_origin_are_shown_here() {
        let place = serving();
        let bundled = if cfg!(windows) {
            "http://tauri.localhost/"
        } else {
            "tauri://localhost/"
        };
        for here in [bundled, "http://127.0.0.1:8742/library?q=x#y", "about:blank"] {
            assert_eq!(place.target(&at(here)), Target::Here, "{here}");
        }
        for outside in [
            "https://example.org/",
            "http://127.0.0.1:8743/",
            "http://localhost:8742/",
            "https://127.0.0.1:8742/",
            "http://127.0.0.1:8742@example.org/",
            "mailto:someone@example.org",
        ] {
            assert_eq!(place.target(&at(outside)), Target::Outside, "{outside}");
        }
        for nowhere in [
            "file:///etc/passwd",
            "javascript:alert(1)",
            "ftp://example.org/",
            "tauri://example.org/",
        ] {
            assert_eq!(place.target(&at(nowhere)), Target::Nowhere, "{nowhere}");
        }
    }

    #[test]
    fn before_anything_is_served_no_address_is_shown_here() {
        assert_eq!(Place::default().target(&at("http://127.0.0.1:8742/")), Target::Outside);
    }

    #[test]
    fn a_page_comes_back_to_where_it_was_without_its_old_ticket() {
        let place = serving();
        place.leave(&at("http://127.0.0.1:8742/item/7?ticket=old&highlight=a%20b#p3"));
        assert_eq!(place.take_left(), "/item/7?highlight=a+b#p3");
        assert_eq!(place.take_left(), "/", "once");
    }

    #[test]
    fn a_bundled_page_is_no_place_to_come_back_to() {
        let place = serving();
        place.leave(&at("tauri://localhost/index.html"));
        assert_eq!(place.take_left(), "/");
    }

    #[test]
    fn serving_at_the_same_origin_again_is_nothing_new() {
        let place = serving();
        assert!(!place.serve(&at("http://127.0.0.1:8742/")));
        assert!(place.serve(&at("http://127.0.0.1:8999/")));
    }
}
