//! What the owner chose for this computer, in a file of its own.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

/// The keys that open the small window, unless others are chosen.
pub const DEFAULT_SHORTCUT: &str = "CommandOrControl+Shift+Space";

/// The choices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choices {
    /// The keys that open the small window from any program; None for none.
    pub shortcut: Option<String>,
    /// Whether closing the window leaves Cortex running, where there is a tray.
    pub keep_running: bool,
}

impl Default for Choices {
    fn default() -> Self {
        Self {
            shortcut: Some(DEFAULT_SHORTCUT.to_owned()),
            keep_running: true,
        }
    }
}

/// The choices and their file.
pub struct Preferences {
    file: PathBuf,
    choices: Mutex<Choices>,
}

impl Preferences {
    /// Read them from `folder`; what is missing or cannot be read is as it comes.
    pub fn open(folder: &Path) -> Self {
        let file = folder.join("desktop.json");
        let choices = Mutex::new(read(&file).unwrap_or_default());
        Self { file, choices }
    }

    /// The choices as they are now. The window of another library may have changed them.
    pub fn get(&self) -> Choices {
        self.current().clone()
    }

    fn current(&self) -> MutexGuard<'_, Choices> {
        let mut choices = self.choices.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(now) = read(&self.file) {
            *choices = now;
        }
        choices
    }

    /// Change them, here and in the file. When the file cannot be written, nothing changes.
    pub fn change(&self, change: impl FnOnce(&mut Choices)) -> io::Result<()> {
        let mut choices = self.current();
        let mut changed = choices.clone();
        change(&mut changed);
        let folder = self.file.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)?;
        // Never half a file: it is written beside, then takes the place of the old one.
        let mut beside = tempfile::NamedTempFile::new_in(folder)?;
        beside.write_all(&serde_json::to_vec_pretty(&changed)?)?;
        beside.persist(&self.file)?;
        *choices = changed;
        Ok(())
    }
}

/// None when there is no file, or none that can be read.
fn read(file: &Path) -> Option<Choices> {
    serde_json::from_slice(&std::fs::read(file).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_windows_do_not_take_back_each_others_choices() {
        let folder = tempfile::tempdir().expect("a folder");
        let (one, other) = (Preferences::open(folder.path()), Preferences::open(folder.path()));
        one.change(|choices| choices.shortcut = None).expect("written");
        other.change(|choices| choices.keep_running = false).expect("written");
        let both = Choices {
            shortcut: None,
            keep_running: false,
        };
        assert_eq!((one.get(), other.get()), (both.clone(), both));
        let files = std::fs::read_dir(folder.path()).expect("read").count();
        assert_eq!(files, 1, "nothing is left beside it");
    }

    #[test]
    fn two_changes_at_once_are_both_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let preferences = Preferences::open(folder.path());
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for number in 0..500 {
                    let keys = Some(format!("Control+Key{number}"));
                    let chosen = keys.clone();
                    preferences
                        .change(|choices| choices.shortcut = chosen)
                        .expect("written");
                    assert_eq!(preferences.get().shortcut, keys);
                }
            });
            for number in 0..500 {
                let keeps = number % 2 == 0;
                preferences
                    .change(|choices| choices.keep_running = keeps)
                    .expect("written");
                assert_eq!(preferences.get().keep_running, keeps);
            }
        });
    }

    #[test]
    fn choices_outlive_the_program() {
        let folder = tempfile::tempdir().expect("a folder");
        let inner = folder.path().join("made/when/needed");
        let preferences = Preferences::open(&inner);
        assert_eq!(preferences.get(), Choices::default());
        preferences.change(|choices| choices.shortcut = None).expect("written");
        let again = Preferences::open(&inner);
        assert_eq!(
            again.get(),
            Choices {
                shortcut: None,
                keep_running: true
            }
        );
    }

    #[test]
    fn a_file_that_cannot_be_read_is_as_none() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("desktop.json"), "{\"shortcut\": 7").expect("written");
        assert_eq!(Preferences::open(folder.path()).get(), Choices::default());
        std::fs::write(folder.path().join("desktop.json"), "{\"keep_running\": false}").expect("written");
        let kept = Preferences::open(folder.path()).get();
        assert_eq!(
            kept,
            Choices {
                keep_running: false,
                ..Choices::default()
            }
        );
    }

    #[test]
    fn what_cannot_be_written_does_not_change() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("a file");
        std::fs::write(&file, "").expect("written");
        let preferences = Preferences::open(&file);
        assert!(preferences.change(|choices| choices.keep_running = false).is_err());
        assert!(preferences.get().keep_running);
    }
}
