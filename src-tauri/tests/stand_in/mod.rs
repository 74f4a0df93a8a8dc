//! A stand-in for the sidecar (a shell script), and one for what it serves.

use std::error::Error;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cortex_shell::library::Library;
use cortex_shell::owner::{Connection, OwnerError};
use cortex_shell::sidecar::{Log, Program};
use cortex_shell::supervisor::{Care, Plan, Presenter, RememberedPort, Stage, Supervisor};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(30);
/// What takes minutes for people takes seconds here.
pub const IMPATIENT: Care = Care {
    every: Duration::from_millis(100),
    answers_within: Duration::from_millis(1000),
    hangs_after: Duration::from_millis(3000),
    questions: 4,
    still_for: Duration::from_millis(200),
};
/// Looks often, and waits for answers as long as for people.
pub const CURIOUS: Care = Care {
    answers_within: Duration::from_secs(10),
    hangs_after: Duration::from_secs(90),
    ..IMPATIENT
};

/// A library with a script that stands in for its sidecar. The script runs in [`Stand::folder`].
pub struct Stand {
    folder: TempDir,
    program: Program,
}

impl Stand {
    pub fn of(script: &str) -> Result<Self, Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        let script = format!("cd '{}'; {script}", folder.path().display());
        // A link: what is executed for the first time in a test may still be open for writing in another one's child.
        let program = folder.path().join("program");
        std::os::unix::fs::symlink("/bin/sh", &program)?;
        let words = serde_json::to_string(&[&program.display().to_string(), "-c", &script, "sidecar"])?;
        let program = Program::find(Some(words.as_ref()), None)?;
        let stand = Self { folder, program };
        Library::at(stand.library()).prepare()?;
        Ok(stand)
    }

    /// One whose script does something, says that `server` is ready, and goes on. The owner's token is in the library.
    pub fn serving(server: &Server, first: &str, then: &str) -> Result<Self, Box<dyn Error>> {
        let stand = Self::of(&format!("{first}; echo Cortex is ready at {}; {then}", server.origin()))?;
        stand.write("token", "owner-token")?;
        Ok(stand)
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn library(&self) -> PathBuf {
        self.folder().join("library")
    }

    pub fn log_file(&self) -> PathBuf {
        self.library().join("logs/sidecar.log")
    }

    /// Put another program in the place of the one that runs, as a package does.
    pub fn install_anew(&self) -> io::Result<()> {
        let beside = self.folder().join("program.new");
        std::os::unix::fs::symlink("/bin/bash", &beside)?;
        std::fs::rename(beside, self.folder().join("program"))
    }

    pub fn port_file(&self) -> PathBuf {
        self.folder().join("ports/key")
    }

    /// Put an empty file where the script runs.
    pub fn note(&self, name: &str) -> io::Result<()> {
        std::fs::write(self.folder().join(name), "")
    }

    /// Put a file into the library.
    pub fn write(&self, name: &str, content: &str) -> io::Result<()> {
        std::fs::write(self.library().join(name), content)
    }

    pub fn supervise(&self) -> io::Result<(Supervisor, Shown)> {
        self.supervise_with(Care::default())
    }

    pub fn supervise_with(&self, care: Care) -> io::Result<(Supervisor, Shown)> {
        let library = Library::at(self.library());
        let log = Arc::new(Log::open(&library.logs()));
        let plan = Plan {
            program: Ok(self.program.clone()),
            port: 8742,
            port_is_chosen: false,
            remembered: RememberedPort::new(Some(self.port_file())),
            care,
            demo: false,
            token: None,
            log,
            library,
        };
        let (show, stages) = channel();
        let (open, opened) = channel();
        Ok((
            Supervisor::start(plan, Box::new(Screen { show, open }))?,
            Shown { stages, opened },
        ))
    }
}

struct Screen {
    show: Sender<Stage>,
    open: Sender<String>,
}

impl Presenter for Screen {
    fn show(&self, stage: Stage) {
        let _ = self.show.send(stage); // the test has seen enough
    }

    fn open(&self, connection: &Connection, _afresh: bool) -> Result<(), OwnerError> {
        let address = connection.sign_in("/library")?;
        assert_eq!(address.query(), Some("ticket=once"));
        let _ = self.open.send(connection.origin().origin().ascii_serialization());
        Ok(())
    }
}

/// What was shown.
pub struct Shown {
    stages: Receiver<Stage>,
    opened: Receiver<String>,
}

impl Shown {
    pub fn next(&self) -> Result<Stage, Box<dyn Error>> {
        self.next_within(PATIENCE)
    }

    pub fn next_within(&self, most: Duration) -> Result<Stage, Box<dyn Error>> {
        Ok(self.stages.recv_timeout(most)?)
    }

    /// The number of the next crash in a row. It is shown to leave first where it is ended for one.
    pub fn next_crash(&self) -> Result<u32, Box<dyn Error>> {
        assert_eq!(self.next()?, Stage::Restarting { crashes: 0 });
        match self.next()? {
            Stage::Restarting { crashes } if crashes > 0 => Ok(crashes),
            other => Err(format!("no crash: {other:?}").into()),
        }
    }

    /// The origins whose interface was opened so far.
    pub fn opened(&self) -> Result<Vec<String>, Box<dyn Error>> {
        Ok(self.opened.try_iter().collect())
    }
}

/// Answers the two requests as Cortex does, with the token that it knows.
pub struct Server {
    port: u16,
    token: Arc<Mutex<&'static str>>,
    silent: Arc<AtomicBool>,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub fn start(token: &'static str) -> io::Result<Self> {
        let listening = TcpListener::bind(("127.0.0.1", 0))?;
        let server = Self {
            port: listening.local_addr()?.port(),
            token: Arc::new(Mutex::new(token)),
            silent: Arc::default(),
            requests: Arc::default(),
        };
        let (origin, requests) = (server.origin(), Arc::clone(&server.requests));
        let (known, silent) = (Arc::clone(&server.token), Arc::clone(&server.silent));
        thread::spawn(move || {
            let mut unanswered = Vec::new();
            for stream in listening.incoming().flatten() {
                if silent.load(Ordering::SeqCst) && asks_for_health(&stream) {
                    unanswered.push(stream);
                    continue;
                }
                // A look whether somebody listens ends without a request.
                let token = *known.lock().unwrap_or_else(PoisonError::into_inner);
                if let Ok(request) = answer(stream, token, &origin)
                    && !request.is_empty()
                {
                    requests.lock().unwrap_or_else(PoisonError::into_inner).push(request);
                }
            }
        });
        Ok(server)
    }

    pub fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The stage in which this is shown.
    pub fn shown(&self) -> Stage {
        Stage::Serving { origin: self.origin() }
    }

    /// Another program has the port from now on: it knows no token, and answers well to everything.
    pub fn give_way_to_a_stranger(&self) {
        *self.token.lock().unwrap_or_else(PoisonError::into_inner) = "a guess";
    }

    /// From now on it takes questions after its health and never answers them.
    pub fn fall_silent(&self) {
        self.silent.store(true, Ordering::SeqCst);
    }

    /// All that was sent to it, without bodies.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn asks_for_health(stream: &TcpStream) -> bool {
    let wanted = b"GET /api/health ";
    let mut begin = [0; 16];
    stream.peek(&mut begin).is_ok_and(|size| begin[..size] == wanted[..])
}

fn answer(mut stream: TcpStream, token: &str, origin: &str) -> io::Result<String> {
    let mut head = String::new();
    let mut reader = BufReader::new(stream.try_clone()?);
    while reader.read_line(&mut head)? > 2 {}
    let nonce = head
        .split("nonce=")
        .nth(1)
        .and_then(|rest| rest.split(['&', ' ']).next());
    let body = match nonce {
        Some(nonce) => format!(r#"{{"proof": "{}"}}"#, proof(token, origin, nonce)),
        None if head.contains(&format!("Bearer {token}")) => r#"{"ticket": "once"}"#.to_owned(),
        None => "{}".to_owned(),
    };
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )?;
    Ok(head)
}

fn proof(token: &str, origin: &str, nonce: &str) -> String {
    let keyed = |key: &[u8], message: &str| -> Vec<u8> {
        let mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
        mac.chain_update(message).finalize().into_bytes().to_vec()
    };
    let key = keyed(token.as_bytes(), "cortex-owner-proof-v1");
    URL_SAFE_NO_PAD.encode(keyed(&key, &format!("cortex-proof-v1|{origin}|owner|{nonce}")))
}

/// Whether a process still does anything.
pub fn alive(pid: &str) -> bool {
    let asked = std::process::Command::new("ps")
        .args(["-o", "stat=", "-p", pid])
        .output();
    asked.is_ok_and(|said| !matches!(said.stdout.first(), None | Some(b'Z')))
}

/// What `condition` gives once it gives something.
pub fn until<T>(condition: impl Fn() -> Option<T>) -> Result<T, &'static str> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = condition() {
            return Ok(found);
        }
        if Instant::now() > deadline {
            return Err("it never came true");
        }
        thread::sleep(Duration::from_millis(20)); // between two looks at another process, which gives no notice
    }
}
