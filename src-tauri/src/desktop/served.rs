//! The Cortex that is served now, for what the desktop asks of it by itself.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::files::Batch;
use crate::owner::Connection;

/// The connection to it, and the files that wait for it.
#[derive(Default)]
pub struct Served(Mutex<State>);

#[derive(Default)]
struct State {
    connection: Option<Connection>,
    waiting: Vec<Batch>,
    wants_capture: bool,
}

/// What waited for Cortex to be there.
#[derive(Default)]
pub struct Waited {
    /// Files to be added.
    pub files: Vec<Batch>,
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

    /// The files again, and whom they can be given to now; else they wait.
    pub fn add_or_wait(&self, files: Batch) -> Option<(Batch, Connection)> {
        let mut state = self.lock();
        match state.connection.clone() {
            Some(connection) => Some((files, connection)),
            None => {
                state.waiting.push(files);
                None
            }
        }
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
        let (served, file) = (Served::default(), Batch::of(vec!["/notes.md".into()], "main"));
        served.by(connection.clone());
        let (batch, to) = served.add_or_wait(file.clone()).expect("it can be added");
        assert_eq!((batch, to.origin()), (file.clone(), connection.origin()));
        served.by_nobody();
        assert!(served.add_or_wait(file.clone()).is_none());
        assert!(served.capture_or_wait().is_none() && served.connection().is_none());
        let waited = served.by(connection);
        assert_eq!((waited.files, waited.capture), (vec![file], true));
    }
}
