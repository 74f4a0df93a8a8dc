//! The Cortex that is served now, for what the desktop asks of it by itself.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::owner::Connection;

/// The connection to it, and the files that wait for it.
#[derive(Default)]
pub struct Served(Mutex<State>);

#[derive(Default)]
struct State {
    connection: Option<Connection>,
    waiting: Vec<PathBuf>,
    wants_capture: bool,
}

/// What waited for Cortex to be there.
#[derive(Default)]
pub struct Waited {
    /// Files to be added.
    pub files: Vec<PathBuf>,
    /// Whether the small window was asked for.
    pub capture: bool,
}

impl Served {
    /// It is served by this one; gives what waited for that.
    pub fn by(&self, connection: Connection) -> Waited {
        let mut state = self.lock();
        state.connection = Some(connection);
        Waited {
            files: std::mem::take(&mut state.waiting),
            capture: std::mem::take(&mut state.wants_capture),
        }
    }

    /// It is served no more: what comes now waits for the next one.
    pub fn by_nobody(&self) {
        self.lock().connection = None;
    }

    /// The connection; None while there is none.
    pub fn connection(&self) -> Option<Connection> {
        self.lock().connection.clone()
    }

    /// The files again when they can be added now; else they wait.
    pub fn add_or_wait(&self, files: Vec<PathBuf>) -> Option<Vec<PathBuf>> {
        let mut state = self.lock();
        if state.connection.is_some() {
            return Some(files);
        }
        state.waiting.extend(files);
        None
    }

    /// The connection when the small window can be shown now; else it waits.
    pub fn capture_or_wait(&self) -> Option<Connection> {
        let mut state = self.lock();
        state.wants_capture = state.connection.is_none();
        state.connection.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::owner::Token;

    #[test]
    fn what_comes_while_nobody_serves_waits_for_the_next_one() {
        let origin = url::Url::parse("http://127.0.0.1:8742/").expect("an address");
        let connection = Connection::of(&origin, Token::new("secret".into()));
        let (served, file) = (Served::default(), PathBuf::from("/notes.md"));
        served.by(connection.clone());
        assert_eq!(served.add_or_wait(vec![file.clone()]), Some(vec![file.clone()]));
        served.by_nobody();
        assert_eq!(served.add_or_wait(vec![file.clone()]), None);
        assert!(served.capture_or_wait().is_none() && served.connection().is_none());
        let waited = served.by(connection);
        assert_eq!((waited.files, waited.capture), (vec![file], true));
    }
}
