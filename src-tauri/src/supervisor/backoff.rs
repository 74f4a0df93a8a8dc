//! When to start again after a crash, and when to stop trying.

use std::time::Duration;

/// So many crashes in a row are too many.
pub const MOST_IN_A_ROW: u32 = 5;
/// A Cortex that served this long was well: the next crash is the first in a row again.
pub const WELL_AFTER: Duration = Duration::from_secs(60);
const FIRST_WAIT: Duration = Duration::from_millis(200);

/// Counts crashes in a row.
#[derive(Debug, Default, Clone, Copy)]
pub struct Backoff {
    crashes: u32,
}

/// What to do after a crash.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub enum Advice {
    /// Start again after this time.
    Again(Duration),
    /// It will not get better by itself.
    GiveUp,
}

impl Backoff {
    /// Take note of a crash of a Cortex that had served for `served` (zero when it never answered).
    pub fn crashed(&mut self, served: Duration) -> Advice {
        self.crashes = if served >= WELL_AFTER { 1 } else { self.crashes + 1 };
        if self.crashes >= MOST_IN_A_ROW {
            return Advice::GiveUp;
        }
        Advice::Again(FIRST_WAIT * 2_u32.pow(self.crashes - 1))
    }

    /// The crashes in a row.
    pub fn crashes(self) -> u32 {
        self.crashes
    }

    /// Begin anew, as the owner wishes.
    pub fn reset(&mut self) {
        self.crashes = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_waits_longer_each_time_and_gives_up_at_the_fifth() {
        let mut backoff = Backoff::default();
        let advice: Vec<_> = (0..5).map(|_| backoff.crashed(Duration::ZERO)).collect();
        let waits = [200, 400, 800, 1600].map(|wait| Advice::Again(Duration::from_millis(wait)));
        assert_eq!(advice, [&waits[..], &[Advice::GiveUp]].concat());
        assert_eq!(backoff.crashes(), MOST_IN_A_ROW);
    }

    #[test]
    fn crashes_after_a_minute_of_serving_are_not_in_a_row() {
        let mut backoff = Backoff::default();
        for _ in 0..20 {
            assert_eq!(backoff.crashed(WELL_AFTER), Advice::Again(FIRST_WAIT));
        }
        assert_eq!(
            backoff.crashed(WELL_AFTER.saturating_sub(Duration::from_secs(1))),
            Advice::Again(FIRST_WAIT * 2)
        );
    }

    #[test]
    fn the_owner_may_begin_anew() {
        let mut backoff = Backoff::default();
        while backoff.crashed(Duration::ZERO) != Advice::GiveUp {}
        backoff.reset();
        assert_eq!(backoff.crashed(Duration::ZERO), Advice::Again(FIRST_WAIT));
    }
}
