//! What the window is started with: options, environment, and things to open.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The start-up choices. Options win over the environment, the environment over the defaults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arguments {
    /// Where the library lies, absolute.
    pub data_dir: PathBuf,
    /// The port on 127.0.0.1 that was named, where one was; 0 is any free one.
    pub port: Option<u16>,
    /// Whether the window stays closed until it is asked for.
    pub hidden: bool,
    /// Whether the small window for saving is asked for.
    pub capture: bool,
    /// Whether a sample library in memory is shown instead of the owner's.
    pub demo: bool,
    /// Whether the end of standard input ends the program: for programs that supervise this one.
    pub exit_with_stdin: bool,
    /// Files and `cortex://` links, as they were given.
    pub opens: Vec<OsString>,
}

/// Why the program was not started.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ArgumentError {
    /// An option that there is not.
    #[error(
        "There is no option {0}. Options are --data-dir, --port, --hidden, --capture, --demo and --exit-with-stdin."
    )]
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
            port: None,
            hidden: false,
            capture: false,
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
                "--capture" => (found.capture, found.hidden) = (true, true),
                "--demo" => found.demo = true,
                "--exit-with-stdin" => found.exit_with_stdin = true,
                option if option.starts_with('-') => return Err(ArgumentError::Unknown(name)),
                _ => found.opens.push(word),
            }
        }
        if let Some(port) = port {
            let text = port.to_string_lossy();
            let number = text.trim().parse();
            found.port = Some(number.map_err(|_| ArgumentError::Port(text.into_owned()))?);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str], variables: &[(&str, &str)]) -> Result<Arguments, ArgumentError> {
        let known: Vec<(String, OsString)> = variables
            .iter()
            .map(|(name, value)| ((*name).into(), value.into()))
            .collect();
        Arguments::parse(
            words.iter().map(OsString::from),
            |wanted| {
                known
                    .iter()
                    .find(|(name, _)| name == wanted)
                    .map(|(_, value)| value.clone())
            },
            Some("/home/owner".into()),
            Path::new("/here"),
        )
    }

    #[test]
    fn the_defaults_are_the_servers() -> Result<(), ArgumentError> {
        let found = parse(&[], &[])?;
        assert_eq!((found.data_dir, found.port), ("/home/owner/.cortex".into(), None));
        assert!(!found.hidden && !found.demo && !found.exit_with_stdin && found.opens.is_empty());
        Ok(())
    }

    #[test]
    fn options_win_over_the_environment() -> Result<(), ArgumentError> {
        let variables = [("CORTEX_DATA_DIR", "~/library"), ("CORTEX_PORT", "9000")];
        let found = parse(&[], &variables)?;
        assert_eq!((found.data_dir, found.port), ("/home/owner/library".into(), Some(9000)));
        let found = parse(&["--data-dir", "other", "--port=0"], &variables)?;
        assert_eq!((found.data_dir, found.port), ("/here/other".into(), Some(0)));
        let found = parse(&[], &[("CORTEX_DATA_DIR", ""), ("CORTEX_PORT", "")])?;
        assert_eq!(found.port, None);
        Ok(())
    }

    #[test]
    fn files_and_links_are_kept_as_they_were_given() -> Result<(), ArgumentError> {
        let found = parse(&["a b.pdf", "--hidden", "cortex://item/7?x=1"], &[])?;
        assert!(found.hidden);
        assert_eq!(found.opens, ["a b.pdf", "cortex://item/7?x=1"]);
        Ok(())
    }

    #[test]
    fn what_cannot_be_meant_is_said() {
        assert_eq!(
            parse(&["--colour"], &[]),
            Err(ArgumentError::Unknown("--colour".into()))
        );
        assert_eq!(parse(&["--port"], &[]), Err(ArgumentError::NoValue("--port")));
        assert_eq!(
            parse(&["--port", "80000"], &[]),
            Err(ArgumentError::Port("80000".into()))
        );
        let homeless = Arguments::parse([], |_| None, None, Path::new("/here"));
        assert_eq!(homeless, Err(ArgumentError::NoHome));
    }
}
