//! What the program is given to open: links to views, and files.

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
    /// one wins; any other address leads to the library.
    pub fn sort(given: &[String], here: &Path) -> Self {
        let mut opened = Self::default();
        for each in given {
            match Url::parse(each) {
                _ if views::is_link(each) => opened.place = Some(views::place_of_link(each)),
                Ok(address) if address.scheme() == "file" => match address.to_file_path() {
                    Ok(path) => opened.files.push(path),
                    Err(()) => opened.place = Some(views::LIBRARY.to_owned()), // on another computer
                },
                Ok(address) if has_scheme(&address) => opened.place = Some(views::LIBRARY.to_owned()),
                _ => opened.files.push(here.join(each)),
            }
        }
        opened
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
        let given: Vec<String> = given.iter().map(ToString::to_string).collect();
        Opened::sort(&given, Path::new("/home/ada"))
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
