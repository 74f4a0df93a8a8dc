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

/// The origin that is served now, and where its page is to go.
#[derive(Default)]
pub struct Place(Mutex<Known>);

#[derive(Default)]
struct Known {
    served: Option<Url>,
    /// Where the page goes as soon as it is there: where it was before a bundled one took its place, or a link.
    left: Option<String>,
    /// Where the page goes that is on its way: it has not reported in yet, and may never come.
    coming: Option<String>,
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

    /// The page at this address is left for another one. One that is still on its way was nowhere yet.
    pub fn leave(&self, address: &Url) {
        if self.is_served(address) {
            let mut known = self.lock();
            if known.coming.is_none() {
                known.left = Some(path_of(address));
            }
        }
    }

    /// Go to this place (a path with its query) when the library is shown next.
    pub fn go_next(&self, place: String) {
        self.lock().left = Some(place);
    }

    /// The page is loaded: where, `/` when no place is known. Until it has [`Place::arrived`] that is kept.
    pub fn set_out(&self) -> String {
        let mut known = self.lock();
        let place = known.left.take().or_else(|| known.coming.take());
        let place = place.unwrap_or_else(|| "/".into());
        known.coming = Some(place.clone());
        place
    }

    /// The page is there: where it was asked to go while it was on its way.
    pub fn arrived(&self) -> Option<String> {
        let mut known = self.lock();
        known.coming.take()?;
        known.left.take()
    }

    /// Whether a page of the served interface has reported in, and can be told things.
    pub fn is_there(&self, address: &Url) -> bool {
        self.is_served(address) && self.lock().coming.is_none()
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
pub fn path_of(address: &Url) -> String {
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
        assert_eq!(place.set_out(), "/item/7?highlight=a+b#p3");
        assert_eq!(place.arrived(), None);
        assert_eq!(place.set_out(), "/", "once");
    }

    #[test]
    fn what_comes_while_a_page_is_on_its_way_waits_until_it_is_there() {
        let (place, at_ticket) = (serving(), at("http://127.0.0.1:8742/?ticket=once"));
        assert_eq!(place.set_out(), "/");
        assert!(!place.is_there(&at_ticket), "its address is known before it is shown");
        place.go_next("/tasks".into());
        place.leave(&at_ticket);
        assert_eq!(place.arrived().as_deref(), Some("/tasks"));
        assert!(place.is_there(&at_ticket));
        assert_eq!(place.arrived(), None, "once");
    }

    #[test]
    fn a_page_that_never_came_is_sent_to_the_same_place_again() {
        let place = serving();
        place.go_next("/tasks".into());
        assert_eq!(place.set_out(), "/tasks");
        place.leave(&at("http://127.0.0.1:8742/tasks?ticket=old"));
        assert_eq!(place.set_out(), "/tasks");
        place.go_next("/chat".into());
        assert_eq!(place.set_out(), "/chat", "the last one wins");
    }

    #[test]
    fn a_bundled_page_is_no_place_to_come_back_to() {
        let place = serving();
        place.leave(&at("tauri://localhost/index.html"));
        assert_eq!(place.set_out(), "/");
    }

    #[test]
    fn serving_at_the_same_origin_again_is_nothing_new() {
        let place = serving();
        assert!(!place.serve(&at("http://127.0.0.1:8742/")));
        assert!(place.serve(&at("http://127.0.0.1:8999/")));
    }
}
