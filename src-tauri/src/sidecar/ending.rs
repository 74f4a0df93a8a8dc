//! What the end of a sidecar means. The codes are the server's (`cortex/cli/exit_codes.py`).

use std::process::ExitStatus;

const EXPLAINED: i32 = 2;
const LIBRARY_LOCKED: i32 = 4;
const PORT_TAKEN: i32 = 5;

/// Why a sidecar is no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// It ended in order, without having been asked by us.
    Stopped,
    /// It said why it cannot start; another try would say the same.
    Refused,
    /// Another Cortex has the library open.
    LibraryLocked,
    /// Something else has the port.
    PortTaken,
    /// It crashed, or was killed.
    Crashed,
}

impl Ending {
    /// What `status` means.
    pub fn of(status: ExitStatus) -> Self {
        match status.code() {
            Some(code) => Self::of_code(code),
            None => Self::Crashed,
        }
    }

    /// What an exit code means.
    pub fn of_code(code: i32) -> Self {
        match code {
            0 => Self::Stopped,
            EXPLAINED => Self::Refused,
            LIBRARY_LOCKED => Self::LibraryLocked,
            PORT_TAKEN => Self::PortTaken,
            _ => Self::Crashed,
        }
    }
}
