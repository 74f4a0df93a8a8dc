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
