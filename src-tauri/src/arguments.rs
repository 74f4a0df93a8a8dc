//! What the window is started with: options, environment, and things to open.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The port where Cortex is found unless another one is named.
pub const DEFAULT_PORT: u16 = 8742;

/// The start-up choices. Options win over the environment, the environment over the defaults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arguments {
    /// Where the library lies, absolute.
    pub data_dir: PathBuf,
    /// The port on 127.0.0.1; 0 is any free one.
    pub port: u16,
    /// Whether the window stays closed until it is asked for.
    pub hidden: bool,
    /// Whether a sample library in memory is shown instead of the owner's.
    pub demo: bool,
    /// Whether the end of standard input ends the program: for programs that supervise this one.
    pub exit_with_stdin: bool,
    /// Files and `cortex://` links, as they were given.
    pub opens: Vec<String>,
}

/// Why the program was not started.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ArgumentError {
    /// An option that there is not.
    #[error("There is no option {0}. Options are --data-dir, --port, --hidden, --demo and --exit-with-stdin.")]
    Unknown(String),
    /// An option without its value.
    #[error("{0} needs a value.")]
    NoValue(&'static str),
    /// A port that is none.
    #[error("{0} is no port: it is a number from 0 to 65535, where 0 takes any free one.")]
    Port(String),
    /// No data directory was named, and there is no home directory to put one into.
    #[error("There is no home directory. Say with --data-dir where the library lies.")]
    NoHome,
}

impl Arguments {
    /// Read those of this process.
    pub fn of_process() -> Result<Self, ArgumentError> {
        let here = std::env::current_dir().unwrap_or_default();
        Self::parse(
            std::env::args_os().skip(1),
            |name| std::env::var_os(name),
            std::env::home_dir(),
            &here,
        )
    }

    /// Read `words` (without the program's name); relative paths start at `here`.
    pub fn parse(
        words: impl IntoIterator<Item = OsString>,
        variable: impl Fn(&str) -> Option<OsString>,
        home: Option<PathBuf>,
        here: &Path,
    ) -> Result<Self, ArgumentError> {
        let set = |name| variable(name).filter(|value| !value.is_empty());
        let mut data_dir = set("CORTEX_DATA_DIR");
        let mut port = set("CORTEX_PORT");
        let mut found = Self {
            data_dir: PathBuf::new(),
            port: DEFAULT_PORT,
            hidden: false,
            demo: false,
            exit_with_stdin: false,
            opens: Vec::new(),
        };
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            let text = word.to_string_lossy().into_owned();
            let (name, value) = match text.split_once('=') {
                Some((name, value)) if name.starts_with("--") => (name.to_owned(), Some(OsString::from(value))),
                _ => (text.clone(), None),
            };
            match name.as_str() {
                "--data-dir" => {
                    data_dir = Some(
                        value
                            .or_else(|| words.next())
                            .ok_or(ArgumentError::NoValue("--data-dir"))?,
                    )
                }
                "--port" => port = Some(value.or_else(|| words.next()).ok_or(ArgumentError::NoValue("--port"))?),
                "--hidden" => found.hidden = true,
                "--demo" => found.demo = true,
                "--exit-with-stdin" => found.exit_with_stdin = true,
                option if option.starts_with('-') => return Err(ArgumentError::Unknown(name)),
                _ => found.opens.push(text),
            }
        }
        if let Some(port) = port {
            let text = port.to_string_lossy();
            found.port = text
                .trim()
                .parse()
                .map_err(|_| ArgumentError::Port(text.into_owned()))?;
        }
        found.data_dir = match data_dir {
            Some(path) => here.join(expanded(PathBuf::from(path), home.as_deref())),
            None => home.ok_or(ArgumentError::NoHome)?.join(".cortex"),
        };
        Ok(found)
    }
}

/// `~` at the start is the home directory, as the server reads it, too.
fn expanded(path: PathBuf, home: Option<&Path>) -> PathBuf {
    match (path.strip_prefix("~"), home) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path,
    }
}
