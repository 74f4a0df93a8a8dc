//! The supervisor as the rest of the program holds it.

use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use std::{io, thread};

use super::{Heard, Plan, Presenter, Thread};
use crate::sidecar::Sidecar;

/// A sidecar ends by itself within this time, or is ended: two seconds after quitting nothing is left.
const GRACE: Duration = Duration::from_millis(1500);

/// What the owner decides on a page that asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// Start again, now.
    TryAgain,
    /// Start again on any free port.
    UseAnotherPort,
    /// End.
    Stop,
}

/// The sidecar that runs now, unless the end has begun.
pub(super) struct Running {
    state: Mutex<State>,
}

struct State {
    sidecar: Option<Arc<Sidecar>>,
    stopped: bool,
}

impl Running {
    /// Start a sidecar unless the end has begun (then None).
    pub(super) fn start(&self, start: impl FnOnce() -> io::Result<Arc<Sidecar>>) -> io::Result<Option<Arc<Sidecar>>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.stopped {
            return Ok(None);
        }
        let sidecar = start()?;
        state.sidecar = Some(Arc::clone(&sidecar));
        Ok(Some(sidecar))
    }

    fn stop(&self) -> Option<Arc<Sidecar>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.stopped = true;
        state.sidecar.take()
    }
}

/// Keeps a Cortex serving, in a thread that lives as long as this program: a sidecar ends with that thread.
pub struct Supervisor {
    tell: Sender<Heard>,
    running: Arc<Running>,
}

impl Supervisor {
    /// Begin.
    pub fn start(plan: Plan, presenter: Box<dyn Presenter>) -> io::Result<Self> {
        let (tell, heard) = channel();
        let running = Arc::new(Running {
            state: Mutex::new(State {
                sidecar: None,
                stopped: false,
            }),
        });
        let thread = Thread {
            plan,
            presenter,
            heard,
            tell: tell.clone(),
            running: Arc::clone(&running),
            started: 0,
        };
        thread::Builder::new()
            .name("supervisor".into())
            .spawn(move || thread.run())?;
        Ok(Self { tell, running })
    }

    /// Let it know what the owner decided.
    pub fn wish(&self, wish: Wish) {
        // It only fails when the thread is gone, which has ended all then.
        let _ = self.tell.send(Heard::Wish(wish));
    }

    /// End the sidecar that we started, and all that it started; at most two seconds.
    pub fn stop(&self) {
        let sidecar = self.running.stop();
        self.wish(Wish::Stop);
        if let Some(sidecar) = sidecar {
            sidecar.end(GRACE);
        }
    }
}
