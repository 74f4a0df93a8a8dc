//! Whether the page of the large window is signed in. What it stores, the small window of the same library has, too.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Known from the page itself: what it tells of processing, only a page that is signed in can know.
#[derive(Default)]
pub struct SignedIn {
    is: Mutex<bool>,
    changed: Condvar,
}

impl SignedIn {
    /// The page was given a ticket, which it has not used yet.
    pub fn begin(&self) {
        *self.is.lock().unwrap_or_else(PoisonError::into_inner) = false;
    }

    /// The page is signed in.
    pub fn done(&self) {
        *self.is.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_all();
    }

    /// Whether it is, or becomes so within this time.
    pub fn wait(&self, most: Duration) -> bool {
        let is = self.is.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.changed.wait_timeout_while(is, most, |is| !*is);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_signed_in_from_its_own_word_to_its_next_ticket() {
        let signed_in = SignedIn::default();
        assert!(!signed_in.wait(Duration::ZERO));
        std::thread::scope(|scope| {
            let waits = scope.spawn(|| signed_in.wait(Duration::from_secs(30)));
            signed_in.done();
            assert!(waits.join().expect("it waits"));
        });
        signed_in.begin();
        assert!(!signed_in.wait(Duration::ZERO));
    }
}
