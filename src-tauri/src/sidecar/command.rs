//! Which program the sidecar is, and with what words it is started.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::owner::Token;

/// The variable that names another sidecar, as a JSON array of strings: for development and tests.
pub const VARIABLE: &str = "CORTEX_SIDECAR";

/// A program with its first arguments, for example `[python, -m, cortex]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program(Vec<OsString>);

/// Why there is no sidecar.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ProgramError {
    /// The variable cannot be read.
    #[error("CORTEX_SIDECAR is not a JSON array of words such as [\"python\", \"-m\", \"cortex\"].")]
    NotAnArray,
    /// The installed program is not where it belongs.
    #[error(
        "The part of Cortex that keeps the library is missing from this installation ({0}). Install Cortex again; your library is untouched."
    )]
    Missing(String),
}

impl Program {
    /// The one that `variable` names, else the one that was installed with the window, in `resources`.
    pub fn find(variable: Option<&OsStr>, resources: Option<&Path>) -> Result<Self, ProgramError> {
        if let Some(text) = variable.filter(|text| !text.is_empty()) {
            let words: Vec<String> =
                serde_json::from_str(&text.to_string_lossy()).map_err(|_| ProgramError::NotAnArray)?;
            return match words.is_empty() {
                true => Err(ProgramError::NotAnArray),
                false => Ok(Self(words.into_iter().map(OsString::from).collect())),
            };
        }
        let name = if cfg!(windows) { "cortex.exe" } else { "cortex" };
        let installed = resources.map(|folder| folder.join("sidecar").join(name));
        match installed {
            Some(file) if file.is_file() => Ok(Self(vec![file.into_os_string()])),
            Some(file) => Err(ProgramError::Missing(file.display().to_string())),
            None => Err(ProgramError::Missing(format!("sidecar/{name}"))),
        }
    }
}

/// One start of the sidecar.
#[derive(Debug, Clone)]
pub struct Launch {
    /// What is started.
    pub program: Program,
    /// The library it is to serve.
    pub data_dir: PathBuf,
    /// The port it is to take; 0 is any free one.
    pub port: u16,
    /// Whether it shows a sample library in memory.
    pub demo: bool,
    /// The token it is to use instead of the library's own.
    pub token: Option<Token>,
}

impl Launch {
    /// The command, with its pipes.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.program.0[0]);
        command.args(&self.program.0[1..]).arg("serve").arg("--exit-with-stdin");
        command
            .arg("--host")
            .arg("127.0.0.1")
            .arg("--port")
            .arg(self.port.to_string());
        command.arg("--data-dir").arg(&self.data_dir);
        if self.demo {
            command.arg("--demo");
        }
        if let Some(token) = &self.token {
            command.env("CORTEX_TOKEN", token.reveal());
        }
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }
}
