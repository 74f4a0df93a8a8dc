//! One running sidecar, with everything that it started.

use std::io::{self, BufRead, BufReader, Read};
use std::process::{Child, ChildStdin};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use url::Url;

use super::group::Group;
use super::{Ending, Launch, Log};

const READY: &str = "Cortex is ready at ";
/// What was said last may still be in the pipe when the process is gone.
const LAST_WORDS_WITHIN: Duration = Duration::from_millis(300);
/// How long a killed process takes to be gone.
const KILLED_WITHIN: Duration = Duration::from_millis(300);

/// What a sidecar lets its supervisor know.
#[derive(Debug, PartialEq, Eq)]
pub enum Told {
    /// It answers at this origin.
    Ready(Url),
    /// It is gone, and with it what it had started.
    Gone(Ending),
}

/// A running sidecar. Dropping this ends nothing: call [`Sidecar::end`].
pub struct Sidecar {
    stdin: Mutex<Option<ChildStdin>>,
    group: Group,
    gone: Mutex<bool>,
    changed: Condvar,
}

impl Sidecar {
    /// Start it. `tell` is called from other threads; its last call is with [`Told::Gone`].
    ///
    /// On Linux the sidecar is told to end when the *thread* ends that calls this.
    pub fn start(
        launch: &Launch,
        log: &Arc<Log>,
        tell: impl Fn(Told) + Clone + Send + 'static,
    ) -> io::Result<Arc<Self>> {
        let mut command = launch.command();
        Group::prepare(&mut command);
        let mut child = command.spawn()?;
        let group = match Group::of(&child) {
            Ok(group) => group,
            Err(error) => {
                child.kill()?;
                child.wait()?;
                return Err(error);
            }
        };
        let (said, silence) = channel::<()>();
        if let Some(errors) = child.stderr.take() {
            listen(errors, said.clone(), {
                let log = Arc::clone(log);
                move |line| log.add(line)
            });
        }
        if let Some(output) = child.stdout.take() {
            let tell = tell.clone();
            listen(output, said.clone(), move |line| {
                if let Some(Ok(origin)) = line.trim().strip_prefix(READY).map(Url::parse) {
                    tell(Told::Ready(origin));
                }
            });
        }
        drop(said);
        let sidecar = Arc::new(Self {
            stdin: Mutex::new(child.stdin.take()),
            group,
            gone: Mutex::new(false),
            changed: Condvar::new(),
        });
        let waiting = Arc::clone(&sidecar);
        thread::Builder::new()
            .name("sidecar-end".into())
            .spawn(move || tell(waiting.outlive(child, &silence)))?;
        Ok(sidecar)
    }

    /// Ask it to end, by the end of its standard input; after `grace`, end it and all that it started.
    pub fn end(&self, grace: Duration) {
        drop(self.stdin.lock().unwrap_or_else(PoisonError::into_inner).take());
        if !self.wait(grace) {
            self.group.kill();
            self.wait(KILLED_WITHIN);
        }
    }

    /// Wait until it is gone, at most this long; whether it is.
    fn wait(&self, most: Duration) -> bool {
        let gone = self.gone.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.changed.wait_timeout_while(gone, most, |gone| !*gone);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }

    /// Wait for its end, sweep what it left behind, hear its last words.
    fn outlive(&self, mut child: Child, silence: &Receiver<()>) -> Told {
        let ending = match self.group.outlive(&mut child) {
            Ok(status) => Ending::of(status),
            Err(_) => Ending::Crashed,
        };
        *self.gone.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_all();
        let deadline = Instant::now() + LAST_WORDS_WITHIN;
        // Ends early, when both readers have dropped their ends.
        let _ = silence.recv_timeout(deadline.saturating_duration_since(Instant::now()));
        Told::Gone(ending)
    }
}

/// Hear every line of a pipe, in a thread of its own. `_said` is dropped at the pipe's end.
fn listen(pipe: impl Read + Send + 'static, said: Sender<()>, hear: impl Fn(&str) + Send + 'static) {
    thread::spawn(move || {
        let _until_the_end = said;
        let mut reader = BufReader::new(pipe);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).is_ok_and(|size| size > 0) {
            hear(&String::from_utf8_lossy(&line));
            line.clear();
        }
    });
}
