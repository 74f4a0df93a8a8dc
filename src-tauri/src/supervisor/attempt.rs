//! One start after the other.

use std::net::TcpStream;
use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

use url::Url;

use super::backoff::{Advice, Backoff};
use super::{Heard, Stage, Step, Thread, Wish};
use crate::library::Instance;
use crate::owner::{Connection, OwnerError, Token};
use crate::sidecar::{Ending, Launch, Sidecar};

/// How often an adopted Cortex, which is not our child, is looked for.
const LOOKS_EVERY: Duration = Duration::from_secs(1);
/// A Cortex that holds the library may still be on its way up or down.
const HOLDER_ANSWERS_WITHIN: Duration = Duration::from_secs(15);
const HOLDER_ASKED_EVERY: Duration = Duration::from_millis(300);

/// How a time of serving, or of trying to, came to its end.
pub(super) enum End {
    /// Without anyone having wished it.
    Crashed { served: Duration },
    /// The one that was adopted is gone, or our own gave way to another version: it is ours to serve now. This was
    /// shown already, by [`Thread::leaves`].
    Left,
    /// The owner has to decide.
    Ask(Stage),
    /// This program ends.
    Stop,
}

impl Thread {
    /// Serve until the end of this program.
    pub(super) fn run(mut self) {
        let mut backoff = Backoff::default();
        loop {
            let end = match self.adopt() {
                Some(end) => end,
                None => self.serve(),
            };
            let decided = match end {
                End::Stop => return,
                End::Left => None,
                End::Ask(stage) => Some(self.ask(stage)),
                End::Crashed { served } => match backoff.crashed(served) {
                    Advice::GiveUp => Some(self.ask(self.gave_up(backoff.crashes()))),
                    Advice::Again(wait) => {
                        self.presenter.show(Stage::Restarting {
                            crashes: backoff.crashes(),
                        });
                        self.pause(wait)
                    }
                },
            };
            match decided {
                Some(Wish::Stop) => return,
                Some(wish) => {
                    backoff.reset();
                    if wish == Wish::UseAnotherPort {
                        (self.plan.port, self.plan.port_is_chosen) = (0, true);
                    }
                    self.presenter.show(Stage::Starting { step: Step::Opening });
                }
                None => {}
            }
        }
    }

    /// Serve by a sidecar of our own.
    fn serve(&mut self) -> End {
        let program = match &self.plan.program {
            Ok(program) => program.clone(),
            Err(error) => return End::Ask(self.refused(error.to_string())),
        };
        let began = program.stamp();
        let launch = Launch {
            program: program.clone(),
            data_dir: self.plan.library.path().to_owned(),
            port: self.plan.port,
            demo: self.plan.demo,
            token: self.plan.token.clone(),
        };
        self.started += 1;
        let (number, tell, log) = (self.started, self.tell.clone(), &self.plan.log);
        log.begin();
        let hear = move |told| drop(tell.send(Heard::Sidecar(number, told)));
        let sidecar = match self.running.start(|| Sidecar::start(&launch, log, hear)) {
            Ok(Some(sidecar)) => sidecar,
            Ok(None) => return End::Stop,
            Err(error) => return End::Ask(self.refused(format!("Cortex could not be started: {error}."))),
        };
        self.watch(&sidecar, &program, began)
    }

    /// What the end of our sidecar leads to.
    pub(super) fn after(&mut self, ending: Ending, served: Duration) -> End {
        // In words: what it logged for programs is JSON, a record a line.
        let message = self.plan.log.said().join("\n");
        match ending {
            Ending::Stopped | Ending::Crashed => End::Crashed { served },
            Ending::Refused => End::Ask(self.refused(message)),
            Ending::PortTaken => match self.adopt() {
                Some(end) => end,
                None => End::Ask(Stage::PortTaken {
                    port: self.plan.port,
                    message,
                }),
            },
            Ending::LibraryLocked => self.wait_for_holder(message),
        }
    }

    /// Another Cortex holds the library: use that, as soon as it answers; when it lets go, start our own.
    fn wait_for_holder(&mut self, message: String) -> End {
        self.presenter.show(Stage::Starting { step: Step::Adopting });
        let holder = self.plan.library.instance();
        let deadline = Instant::now() + HOLDER_ANSWERS_WITHIN;
        while Instant::now() < deadline {
            if let Some(end) = self.adopt() {
                return end;
            }
            if holder.is_some() && self.plan.library.instance() != holder {
                self.leaves();
                return End::Left;
            }
            if let Some(Wish::Stop) = self.pause(HOLDER_ASKED_EVERY) {
                return End::Stop;
            }
        }
        End::Ask(Stage::LibraryHeld { message })
    }

    /// Use the Cortex that serves this library already, until it is gone; None when there is none that proves itself.
    fn adopt(&mut self) -> Option<End> {
        if self.plan.demo {
            return None;
        }
        let instance = self.plan.library.instance()?;
        let origin = instance.origin()?;
        let connection = Connection::prove(&origin, self.token()?).ok()?;
        self.show(&connection).ok()?;
        Some(self.follow(&instance, &origin))
    }

    /// Follow a Cortex that is not our child: it is gone when it said so, or when nothing listens there any more.
    fn follow(&self, instance: &Instance, origin: &Url) -> End {
        loop {
            if let Some(Wish::Stop) = self.pause(LOOKS_EVERY) {
                return End::Stop;
            }
            let listens = origin
                .socket_addrs(|| None)
                .is_ok_and(|address| TcpStream::connect(&*address).is_ok());
            if !listens || self.plan.library.instance().as_ref() != Some(instance) {
                self.leaves();
                return End::Left;
            }
        }
    }

    /// From now on nobody serves, until the next one does; no crash is the reason so far.
    pub(super) fn leaves(&self) {
        self.presenter.show(Stage::Restarting { crashes: 0 });
    }

    /// Let our own sidecar prove itself, too, then show it.
    pub(super) fn open(&mut self, origin: &Url) -> Result<(), OwnerError> {
        self.plan.port = origin.port().unwrap_or(self.plan.port);
        let named = origin.origin().ascii_serialization();
        let token = self.token().ok_or(OwnerError::Unproven(named))?;
        self.show(&Connection::prove(origin, token)?)?;
        let (port, chosen) = (self.plan.port, self.plan.port_is_chosen);
        if let Err(error) = self.plan.remembered.served_at(port, chosen) {
            self.plan
                .log
                .add(&format!("The port {port} could not be noted: {error}"));
        }
        Ok(())
    }

    fn show(&self, connection: &Connection) -> Result<(), OwnerError> {
        self.presenter.open(connection, self.plan.demo)?;
        let origin = connection.origin().origin().ascii_serialization();
        self.presenter.show(Stage::Serving { origin });
        Ok(())
    }

    fn token(&self) -> Option<Token> {
        self.plan
            .token
            .clone()
            .or_else(|| self.plan.library.token().map(Token::new))
    }

    fn refused(&self, message: String) -> Stage {
        Stage::Refused {
            message,
            log_file: self.plan.log.path().display().to_string(),
        }
    }

    fn gave_up(&self, crashes: u32) -> Stage {
        let log_file = self.plan.log.path().display().to_string();
        Stage::GaveUp {
            crashes,
            log: self.plan.log.tail(),
            log_file,
        }
    }

    /// Show a page that asks, and wait for the answer.
    fn ask(&self, stage: Stage) -> Wish {
        self.presenter.show(stage);
        loop {
            match self.heard.recv() {
                Ok(Heard::Wish(wish)) => return wish,
                Ok(Heard::Sidecar(..)) => {}
                Err(_) => return Wish::Stop,
            }
        }
    }

    /// Wait this long; what the owner wishes meanwhile.
    fn pause(&self, wait: Duration) -> Option<Wish> {
        let until = Instant::now() + wait;
        loop {
            match self.heard.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(Heard::Wish(wish)) => return Some(wish),
                Ok(Heard::Sidecar(..)) => {}
                Err(RecvTimeoutError::Timeout) => return None,
                Err(RecvTimeoutError::Disconnected) => return Some(Wish::Stop),
            }
        }
    }
}
