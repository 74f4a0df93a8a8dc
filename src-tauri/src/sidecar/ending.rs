//! What the end of a sidecar means. The codes are the server's (`cortex/cli/exit_codes.py`).

use std::process::ExitStatus;

const REFUSED: i32 = 2;
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
            REFUSED => Self::Refused,
            LIBRARY_LOCKED => Self::LibraryLocked,
            PORT_TAKEN => Self::PortTaken,
            _ => Self::Crashed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_mean_what_the_server_says() {
        let meanings = [0, 1, 2, 3, 4, 5, 101, 137].map(Ending::of_code);
        use Ending::{Crashed, LibraryLocked, PortTaken, Refused, Stopped};
        assert_eq!(
            meanings,
            [
                Stopped,
                Crashed,
                Refused,
                Crashed,
                LibraryLocked,
                PortTaken,
                Crashed,
                Crashed
            ]
        );
    }

    #[test]
    fn the_server_has_the_same_codes() {
        let python = include_str!("../../../python-backend/src/cortex/cli/exit_codes.py");
        for (name, code) in [
            ("REFUSED", REFUSED),
            ("LIBRARY_LOCKED", LIBRARY_LOCKED),
            ("PORT_TAKEN", PORT_TAKEN),
        ] {
            assert!(
                python.contains(&format!("\n{name} = {code}\n")),
                "{name} is not {code} there"
            );
        }
    }

    #[cfg(unix)]
    #[test]
    fn being_killed_is_a_crash() {
        use std::os::unix::process::ExitStatusExt;

        assert_eq!(Ending::of(ExitStatus::from_raw(9)), Ending::Crashed);
        assert_eq!(Ending::of(ExitStatus::from_raw(5 << 8)), Ending::PortTaken);
    }
}
