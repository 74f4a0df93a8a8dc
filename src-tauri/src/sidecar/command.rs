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
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
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

    /// Its words: the program, and its first arguments.
    pub(super) fn words(&self) -> &[OsString] {
        &self.0
    }

    /// Its command, with its first words.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.0[0]);
        command.args(&self.0[1..]);
        command
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
        let mut command = self.program.command();
        command.arg("serve").arg("--exit-with-stdin");
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_wins_and_must_be_an_array_of_words() -> Result<(), ProgramError> {
        let found = Program::find(Some(OsStr::new(r#"["python", "-m", "cortex"]"#)), None)?;
        assert_eq!(found, Program(["python", "-m", "cortex"].map(OsString::from).into()));
        for wrong in ["python -m cortex", "[]", "[1]", "{}"] {
            assert_eq!(
                Program::find(Some(OsStr::new(wrong)), None),
                Err(ProgramError::NotAnArray),
                "{wrong}"
            );
        }
        Ok(())
    }

    #[test]
    fn the_installed_one_lies_beside_the_window() -> std::io::Result<()> {
        let resources = tempfile::tempdir()?;
        let missing = Program::find(None, Some(resources.path()));
        assert!(matches!(missing, Err(ProgramError::Missing(_))));
        let file = resources
            .path()
            .join("sidecar")
            .join(if cfg!(windows) { "cortex.exe" } else { "cortex" });
        std::fs::create_dir(resources.path().join("sidecar"))?;
        std::fs::write(&file, "")?;
        assert_eq!(
            Program::find(Some(OsStr::new("")), Some(resources.path())),
            Ok(Program(vec![file.into()]))
        );
        Ok(())
    }

    #[test]
    fn it_serves_this_machine_alone_and_ends_with_us() {
        let launch = Launch {
            program: Program(vec!["cortex".into()]),
            data_dir: "/library".into(),
            port: 8742,
            demo: true,
            token: Some(Token::new("secret".into())),
        };
        let command = launch.command();
        let words: Vec<_> = command.get_args().collect();
        let wanted = "serve --exit-with-stdin --host 127.0.0.1 --port 8742 --data-dir /library --demo";
        assert_eq!(
            words,
            wanted.split(' ').map(OsStr::new).collect::<Vec<_>>(),
            "the token is no argument"
        );
        assert!(
            command
                .get_envs()
                .any(|(name, value)| name == "CORTEX_TOKEN" && value == Some(OsStr::new("secret")))
        );
    }
}
