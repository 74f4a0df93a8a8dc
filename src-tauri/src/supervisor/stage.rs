//! How things stand, in the words that the bundled page understands.

use serde::Serialize;

/// What the window shows while it does not show the library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Stage {
    /// Cortex starts.
    Starting {
        /// What is waited for.
        step: Step,
    },
    /// It ended unexpectedly and is started again.
    Restarting {
        /// How many times in a row.
        crashes: u32,
    },
    /// The library is there.
    Serving {
        /// Where.
        origin: String,
    },
    /// Something else has the port.
    PortTaken {
        /// The port.
        port: u16,
        /// Who has it, in the sidecar's words.
        message: String,
    },
    /// Another Cortex has the library open, but does not answer as the owner's.
    LibraryHeld {
        /// Who has it, in the sidecar's words.
        message: String,
    },
    /// It cannot be started, and says why.
    Refused {
        /// Why, in its own words.
        message: String,
        /// The log.
        log_file: String,
    },
    /// It crashed too often in a row.
    GaveUp {
        /// How many times.
        crashes: u32,
        /// The last lines of the log.
        log: Vec<String>,
        /// The log.
        log_file: String,
    },
}

/// What a start waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The program and the library.
    Opening,
    /// A Cortex that has the library open already.
    Adopting,
}
