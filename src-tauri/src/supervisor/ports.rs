//! The port of a library: what pages store and what the browser extension was paired with belong to it.

use std::io;
use std::path::PathBuf;

/// The port where Cortex is found unless another one is named.
pub const DEFAULT_PORT: u16 = 8742;

/// The port that a library was given in the place of the usual one, in a file of its own.
#[derive(Debug, Clone)]
pub struct RememberedPort(Option<PathBuf>);

impl RememberedPort {
    /// Remembered in `file`, or not at all.
    pub fn new(file: Option<PathBuf>) -> Self {
        Self(file)
    }

    /// The port to begin with: the one that was named, else the one that is remembered, else the usual one.
    pub fn or(&self, named: Option<u16>) -> u16 {
        named.or_else(|| self.read()).unwrap_or(DEFAULT_PORT)
    }

    fn read(&self) -> Option<u16> {
        let text = std::fs::read_to_string(self.0.as_ref()?).ok()?;
        text.trim().parse().ok().filter(|port| *port > 0)
    }

    /// The library is served there, and `chosen` by the owner's word: so it is the next time. Once it is served at the
    /// usual port again, nothing is remembered.
    pub fn served_at(&self, port: u16, chosen: bool) -> io::Result<()> {
        let Some(file) = &self.0 else { return Ok(()) };
        if port == DEFAULT_PORT {
            return match std::fs::remove_file(file) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            };
        }
        if !chosen {
            return Ok(());
        }
        if let Some(folder) = file.parent() {
            crate::private::make(folder)?;
        }
        std::fs::write(file, format!("{port}\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chosen_port_is_kept_until_the_usual_one_serves_again() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let port = RememberedPort::new(Some(folder.path().join("ports/key")));
        assert_eq!((port.or(None), port.or(Some(0))), (DEFAULT_PORT, 0));
        port.served_at(9000, false)?;
        assert_eq!(port.or(None), DEFAULT_PORT, "named for one run alone");
        port.served_at(43210, true)?;
        assert_eq!((port.or(None), port.or(Some(9000))), (43210, 9000));
        port.served_at(DEFAULT_PORT, false)?;
        assert_eq!(port.or(None), DEFAULT_PORT);
        port.served_at(DEFAULT_PORT, false)
    }

    #[test]
    fn what_is_no_port_is_as_nothing() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("key");
        for wrong in ["0", "70000", "", "eight"] {
            std::fs::write(&file, wrong)?;
            assert_eq!(
                RememberedPort::new(Some(file.clone())).or(None),
                DEFAULT_PORT,
                "{wrong}"
            );
        }
        let never = RememberedPort::new(None);
        never.served_at(9000, true)?;
        assert_eq!(never.or(None), DEFAULT_PORT);
        Ok(())
    }
}
