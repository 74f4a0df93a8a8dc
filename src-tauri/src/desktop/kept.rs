//! How long the small window is kept after it was put away; however often that happens, one thread waits for the end.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Until when it is kept.
#[derive(Default)]
pub struct Kept(Mutex<State>);

#[derive(Default)]
struct State {
    until: Option<Instant>,
    somebody_waits: bool,
}

impl Kept {
    /// It was put away, and is kept until then. Whether the caller has to [`Kept::wait`] for that: nobody does yet.
    pub fn put_away(&self, until: Instant) -> bool {
        let mut state = self.lock();
        state.until = Some(until);
        !std::mem::replace(&mut state.somebody_waits, true)
    }

    /// It is in use again.
    pub fn take_out(&self) {
        self.lock().until = None;
    }

    /// Wait until it need not be kept any longer; false when it is in use instead.
    pub fn wait(&self) -> bool {
        loop {
            let mut state = self.lock();
            let left = state.until.map(|until| until.saturating_duration_since(Instant::now()));
            match left.filter(|left| !left.is_zero()) {
                Some(left) => {
                    drop(state);
                    std::thread::sleep(left);
                }
                None => {
                    state.somebody_waits = false;
                    return state.until.take().is_some();
                }
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_thread_waits_however_often_it_is_put_away() {
        let kept = Kept::default();
        assert!(kept.put_away(Instant::now()));
        assert!(!kept.put_away(Instant::now()));
        assert!(kept.wait());
        assert!(kept.put_away(Instant::now()), "the one before is done");
        kept.take_out();
        assert!(!kept.wait());
    }
}
