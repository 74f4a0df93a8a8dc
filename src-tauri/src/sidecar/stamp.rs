//! Whether the files of a program are still those that it was started from: a package that is installed anew replaces them.

use std::fs::Metadata;
use std::path::Path;
use std::time::SystemTime;

use super::Program;

/// What tells one state of a program's files from another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    program: Facts,
    /// Of the folder with its parts, where it has one.
    parts: Option<Facts>,
}

impl Stamp {
    /// Whether the program itself is the same. A package that is being unpacked touches the folder of the parts long
    /// before it puts the new program in the old one's place.
    pub fn is_same_program(&self, other: &Self) -> bool {
        self.program == other.program
    }
}

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
        let program = Facts::of(&std::fs::metadata(file).ok()?);
        let parts = file.parent().map(|folder| folder.join("_internal"));
        let parts = parts.and_then(|parts| Some(Facts::of(&std::fs::metadata(parts).ok()?)));
        Some(Stamp { program, parts })
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
        let is_same = |one: &Option<Stamp>, other: &Option<Stamp>| {
            one.as_ref().zip(other.as_ref()).map(|(a, b)| a.is_same_program(b))
        };
        assert_eq!(is_same(&first, &second), Some(false));
        std::fs::create_dir(folder.path().join("_internal"))?;
        let third = program.stamp();
        assert_ne!(third, second, "its parts belong to it");
        assert_eq!(is_same(&second, &third), Some(true), "but are not all of it");
        let named = Program::find(Some(r#"["python", "-m", "cortex"]"#.as_ref()), None)?;
        assert_eq!(named.stamp(), None);
        Ok(())
    }
}
