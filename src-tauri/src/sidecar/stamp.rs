//! Whether the files of a program are still those that it was started from: a package that is installed anew replaces them.

use std::fs::Metadata;
use std::path::Path;
use std::time::SystemTime;

use super::Program;

/// What tells one state of a program's files from another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp(Vec<Facts>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Facts {
    file: (u64, u64),
    size: u64,
    changed: Option<SystemTime>,
}

impl Program {
    /// Its files as they are now: the program, and the folder with its parts beside it. None while it is not there,
    /// and for a program that is looked for by its name alone.
    pub fn stamp(&self) -> Option<Stamp> {
        let file = self.file()?;
        let mut facts = vec![Facts::of(&std::fs::metadata(file).ok()?)];
        let parts = file.parent().map(|folder| folder.join("_internal"));
        facts.extend(parts.and_then(|parts| Some(Facts::of(&std::fs::metadata(parts).ok()?))));
        Some(Stamp(facts))
    }

    fn file(&self) -> Option<&Path> {
        Some(Path::new(self.words().first()?)).filter(|file| file.is_absolute())
    }
}

impl Facts {
    fn of(found: &Metadata) -> Self {
        Self {
            file: identity(found),
            size: found.len(),
            changed: found.modified().ok(),
        }
    }
}

#[cfg(unix)]
fn identity(found: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;

    (found.dev(), found.ino())
}

/// A program that runs cannot be replaced there.
#[cfg(not(unix))]
fn identity(_found: &Metadata) -> (u64, u64) {
    (0, 0)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn another_file_in_its_place_is_another_program() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("cortex");
        let words = serde_json::to_string(&[&file])?;
        let program = Program::find(Some(words.as_ref()), None)?;
        assert_eq!(program.stamp(), None, "it is not there yet");
        std::fs::write(&file, "one")?;
        let first = program.stamp();
        assert!(first.is_some());
        assert_eq!(program.stamp(), first);
        std::fs::write(folder.path().join("cortex.new"), "two")?;
        std::fs::rename(folder.path().join("cortex.new"), &file)?;
        let second = program.stamp();
        assert_ne!(second, first, "of the same size, in the same place");
        std::fs::create_dir(folder.path().join("_internal"))?;
        assert_ne!(program.stamp(), second, "its parts belong to it");
        let named = Program::find(Some(r#"["python", "-m", "cortex"]"#.as_ref()), None)?;
        assert_eq!(named.stamp(), None);
        Ok(())
    }
}
