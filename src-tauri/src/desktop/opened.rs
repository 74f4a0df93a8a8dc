//! What the program is given to open: links to views, and files.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use url::Url;

use super::views;

/// The parts of what was given.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Opened {
    /// Where the window goes; None when no link was given.
    pub place: Option<String>,
    /// Files to be added, absolute.
    pub files: Vec<PathBuf>,
}

impl Opened {
    /// Sort `given`: `cortex:` links, `file:` addresses, and paths, which start at `here`. Of several links the last
    /// one wins; any other address leads to the library, unless it is the name of what is there.
    pub fn sort(given: &[OsString], here: &Path) -> Self {
        let mut opened = Self::default();
        for each in given {
            let (text, path) = (each.to_string_lossy(), found(&here.join(each)));
            match Url::parse(&text) {
                _ if views::is_link(&text) => opened.place = Some(views::place_of_link(&text)),
                Ok(address) if address.scheme() == "file" => match address.to_file_path() {
                    Ok(path) => opened.files.push(path),
                    Err(()) => opened.place = Some(views::LIBRARY.to_owned()), // on another computer
                },
                Ok(address) if has_scheme(&address) && !path.exists() => opened.place = Some(views::LIBRARY.to_owned()),
                _ => opened.files.push(path),
            }
        }
        opened
    }
}

/// What `path` was before it was sent as text: a second start sends its words to the first, and what is no text in a
/// name is lost there. Where one name alone can be meant, it is that.
fn found(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if !name.contains(char::REPLACEMENT_CHARACTER) || path.exists() {
        return path.to_owned();
    }
    let beside = path.parent().and_then(|folder| std::fs::read_dir(folder).ok());
    let mut alike = beside
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy() == name);
    match (alike.next(), alike.next()) {
        (Some(meant), None) => meant.path(),
        _ => path.to_owned(),
    }
}

/// `C:\notes.txt` can be read as an address, too, but is none.
fn has_scheme(address: &Url) -> bool {
    address.scheme().len() > 1
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn sort(given: &[&str]) -> Opened {
        let given: Vec<OsString> = given.iter().map(OsString::from).collect();
        Opened::sort(&given, Path::new("/home/ada"))
    }

    // macOS takes no name that is no text.
    #[cfg(target_os = "linux")]
    #[test]
    fn what_is_there_is_a_file_whatever_its_name_looks_like() -> std::io::Result<()> {
        use std::os::unix::ffi::OsStringExt;

        let folder = tempfile::tempdir()?;
        let latin = OsString::from_vec(b"caf\xe9.md".to_vec());
        for name in [OsString::from("note: b.md"), latin.clone()] {
            std::fs::write(folder.path().join(name), "text")?;
        }
        let mangled = OsString::from(latin.to_string_lossy().into_owned());
        let opened = Opened::sort(&["note: b.md".into(), latin.clone(), mangled], folder.path());
        let (colon, latin) = (folder.path().join("note: b.md"), folder.path().join(latin));
        assert_eq!(opened.files, [colon, latin.clone(), latin]);
        assert_eq!(opened.place, None);
        let none = Opened::sort(&["note: c.md".into(), "no\u{fffd}ne.md".into()], folder.path());
        assert_eq!(none.place.as_deref(), Some(views::LIBRARY));
        assert_eq!(none.files, [folder.path().join("no\u{fffd}ne.md")]);
        Ok(())
    }

    #[test]
    fn links_and_files_are_told_apart() {
        let opened = sort(&[
            "cortex://tasks",
            "notes.md",
            "/tmp/a b.pdf",
            "file:///tmp/%C3%A4.txt",
            "-",
        ]);
        assert_eq!(opened.place.as_deref(), Some("/tasks"));
        let files: Vec<_> = opened
            .files
            .iter()
            .map(|file| file.to_string_lossy().into_owned())
            .collect();
        assert_eq!(
            files,
            ["/home/ada/notes.md", "/tmp/a b.pdf", "/tmp/ä.txt", "/home/ada/-"]
        );
    }

    #[test]
    fn other_addresses_add_nothing() {
        for given in [
            "https://evil.example/x",
            "javascript:alert(1)",
            "file://evil.example/share/x",
            "CORTEX:api",
        ] {
            let library = Opened {
                place: Some(views::LIBRARY.to_owned()),
                files: Vec::new(),
            };
            assert_eq!(sort(&[given]), library, "{given}");
        }
        assert_eq!(sort(&[]), Opened::default());
    }
}
