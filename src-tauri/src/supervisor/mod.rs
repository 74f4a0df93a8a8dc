//! Keeps a Cortex serving the library: starts it, starts it again, adopts one that is there, gives up with reasons.

mod attempt;
mod backoff;
mod handle;
mod ports;
mod stage;
mod vigil;
mod watch;

pub use handle::{Supervisor, Wish};
pub use ports::{DEFAULT_PORT, RememberedPort};
pub use stage::{Stage, Step};
pub use vigil::Care;

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};

use crate::library::Library;
use crate::owner::{Connection, OwnerError, Token};
use crate::sidecar::{Log, Program, ProgramError, Told};

/// What is supervised.
pub struct Plan {
    /// The library that is to be served.
    pub library: Library,
    /// The program that serves it.
    pub program: Result<Program, ProgramError>,
    /// The port it takes; 0 is any free one, and then the same one at every restart.
    pub port: u16,
    /// Whether the owner chose that it takes another port than the one that it was to take.
    pub port_is_chosen: bool,
    /// Where the next run looks for the port that the owner chose.
    pub remembered: RememberedPort,
    /// How the sidecar is looked after while it serves.
    pub care: Care,
    /// Whether it shows a sample library in memory.
    pub demo: bool,
    /// The owner's token where it is not the library's own.
    pub token: Option<Token>,
    /// Where it goes what the sidecar says.
    pub log: Arc<Log>,
}

/// Shows the owner how things stand. Called from the supervisor's thread.
pub trait Presenter: Send {
    /// Show a stage that is not the library.
    fn show(&self, stage: Stage);
    /// Show the library. `afresh` says that a page that is already there cannot go on.
    fn open(&self, connection: &Connection, afresh: bool) -> Result<(), OwnerError>;
}

/// What the supervisor's thread hears.
enum Heard {
    /// Of the sidecar with this number.
    Sidecar(u64, Told),
    /// Of the owner.
    Wish(Wish),
}

/// The supervisor's thread.
struct Thread {
    plan: Plan,
    presenter: Box<dyn Presenter>,
    heard: Receiver<Heard>,
    tell: Sender<Heard>,
    running: Arc<handle::Running>,
    started: u64,
}
