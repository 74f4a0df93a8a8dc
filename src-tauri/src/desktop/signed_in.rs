//! Whether the page of the large window is signed in. What it stores, the small window of the same library has, too.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Known from the page itself: what it tells of processing, only a page that is signed in can know.
#[derive(Default)]
pub struct SignedIn {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    is: bool,
    /// How often it said so.
    times: u64,
}

impl SignedIn {
    /// The page was given a ticket, which it has not used yet.
    pub fn begin(&self) {
        self.lock().is = false;
    }

    /// The page is signed in.
    pub fn done(&self) {
        let mut state = self.lock();
        state.is = true;
        state.times += 1;
        self.changed.notify_all();
    }

    /// Whether it is, or becomes so within this time.
    pub fn wait(&self, most: Duration) -> bool {
        self.wait_while(self.lock(), most, |state| !state.is)
    }

    /// Whether it becomes so anew within this time: for one who knows that the session has ended.
    pub fn wait_anew(&self, most: Duration) -> bool {
        let state = self.lock();
        let before = state.times;
        self.wait_while(state, most, |state| state.times == before)
    }

    fn wait_while(&self, state: MutexGuard<'_, State>, most: Duration, is_not: impl Fn(&State) -> bool) -> bool {
        let waited = self.changed.wait_timeout_while(state, most, |state| is_not(state));
        !is_not(&waited.unwrap_or_else(PoisonError::into_inner).0)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
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

    #[test]
    fn what_it_said_of_an_ended_session_counts_no_more() {
        let signed_in = SignedIn::default();
        signed_in.done();
        assert!(signed_in.wait(Duration::ZERO) && !signed_in.wait_anew(Duration::ZERO));
        std::thread::scope(|scope| {
            let waits = scope.spawn(|| signed_in.wait_anew(Duration::from_secs(30)));
            while !waits.is_finished() {
                signed_in.done();
                std::thread::yield_now();
            }
            assert!(waits.join().expect("it waits"));
        });
    }
}
