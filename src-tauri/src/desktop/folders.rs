//! The files of folders that are given, as `cortex add` finds them.

use std::path::{Path, PathBuf};

/// Each file that is given, and those in each folder that is given, in order of their names. What is hidden in a folder
/// is left out; links there are followed to files, not to folders. What is not there is given on: it is refused by name.
pub fn files_in(given: &[PathBuf]) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for path in given {
        if path.is_dir() {
            let before = files.len();
            collect(path, &mut files);
            files[before..].sort();
        } else {
            files.push(path.clone());
        }
    }
    files
}

/// A folder that cannot be read has no files.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| !entry.file_name().as_encoded_bytes().starts_with(b".")) {
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            collect(&path, files);
        } else if path.is_file() {
            files.push(path);
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_all_that_can_be_seen_in_it() -> std::io::Result<()> {
        let folder = tempfile::tempdir()?;
        let at = |name: &str| folder.path().join(name);
        for inner in ["b/deep", ".git", "empty"] {
            std::fs::create_dir_all(at(inner))?;
        }
        for name in ["c.md", "a.md", "b/deep/x.md", ".hidden", ".git/config"] {
            std::fs::write(at(name), "text")?;
        }
        std::os::unix::fs::symlink(folder.path(), at("b/round"))?;
        std::os::unix::fs::symlink(at("a.md"), at("b/link.md"))?;
        let names = ["a.md", "b/deep/x.md", "b/link.md", "c.md"];
        assert_eq!(files_in(&[folder.path().into()]), names.map(at));
        assert!(files_in(&[at("empty")]).is_empty());
        assert_eq!(files_in(&[at("none.md"), at("a.md")]), [at("none.md"), at("a.md")]);
        Ok(())
    }
}
