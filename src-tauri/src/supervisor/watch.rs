//! From the start of our own sidecar to its end.

use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

use super::attempt::End;
use super::vigil::{Found, Vigil};
use super::{Heard, Thread, Wish};
use crate::sidecar::{Program, Sidecar, Stamp};

/// A sidecar that we end for another one has this long to end by itself.
const ENDS_WITHIN: Duration = Duration::from_secs(5);

impl Thread {
    /// Follow our own sidecar, whose program lay there as `began` when it was started.
    pub(super) fn watch(&mut self, sidecar: &Sidecar, program: &Program, began: Option<Stamp>) -> End {
        use crate::sidecar::Told::{Gone, Ready};

        let (mut served_since, mut stopping) = (None, false);
        // What we end it for, once we do.
        let mut decided = None;
        let mut vigil: Option<Vigil> = None;
        loop {
            match self.hear(vigil.as_ref().map(Vigil::wait)) {
                Ok(Heard::Sidecar(number, Ready(origin))) if number == self.started => match self.open(&origin) {
                    Ok(()) => {
                        served_since = Some(Instant::now());
                        vigil = Some(Vigil::new(self.plan.care, origin, program.clone(), began.clone()));
                    }
                    Err(error) => {
                        self.plan.log.add(&format!("The window could not use Cortex: {error}"));
                        sidecar.end(Duration::from_secs(1));
                    }
                },
                Ok(Heard::Sidecar(number, Gone(ending))) if number == self.started => {
                    if stopping {
                        return End::Stop;
                    }
                    let served = served_since.map_or(Duration::ZERO, |since: Instant| since.elapsed());
                    return decided.unwrap_or_else(|| self.after(ending, served));
                }
                // Whoever stops us ends it. Until then this thread lives on: its end would be a second notice to it.
                Ok(Heard::Wish(Wish::Stop)) => stopping = true,
                // The page waits for it in vain. One that still starts is left alone: the wish may be a second click.
                Ok(Heard::Wish(Wish::TryAgain)) if served_since.is_some() && decided.is_none() && !stopping => {
                    self.plan.log.add("The owner starts Cortex again.");
                    decided = Some(End::Left);
                    vigil = None;
                    self.end(sidecar);
                }
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) => {
                    decided = match vigil.as_mut().map(Vigil::look) {
                        Some(Found::Hangs(silent_since)) => {
                            self.plan.log.add("Cortex did not answer any more and is ended.");
                            let served = served_since.map(|since| silent_since.saturating_duration_since(since));
                            Some(End::Crashed {
                                served: served.unwrap_or_default(),
                            })
                        }
                        Some(Found::Replaced) => {
                            self.plan
                                .log
                                .add("Another version of Cortex was installed and is started.");
                            Some(End::Left)
                        }
                        Some(Found::Well) | None => None,
                    };
                    if decided.is_some() {
                        vigil = None;
                        self.end(sidecar);
                    }
                }
                Err(RecvTimeoutError::Disconnected) => return End::Stop,
            }
        }
    }

    /// End it for another one. It serves nothing from its first moment of ending, long before it is gone: what comes
    /// meanwhile waits for the next one.
    fn end(&self, sidecar: &Sidecar) {
        self.leaves();
        sidecar.end(ENDS_WITHIN);
    }

    /// What comes next, within this time where one is given.
    fn hear(&self, within: Option<Duration>) -> Result<Heard, RecvTimeoutError> {
        match within {
            Some(within) => self.heard.recv_timeout(within),
            None => self.heard.recv().map_err(|_| RecvTimeoutError::Disconnected),
        }
    }
}
