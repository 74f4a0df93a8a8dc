//! What the sidecar says, kept for the owner: a file of bounded size, and its last lines.

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::words;

/// A file larger than this becomes `sidecar.log.1`, in the place of the one before.
const LARGEST: u64 = 1024 * 1024;
const LAST_LINES: usize = 40;
/// Of a line that is shown, in characters.
const LONGEST_SHOWN: usize = 4000;
/// Of a line in the file, in bytes. A record that is cut is none any more, so this is far beyond any.
const LONGEST_WRITTEN: usize = 1024 * 1024;

/// The log of all sidecars of one window.
pub struct Log {
    path: PathBuf,
    state: Mutex<State>,
}

struct State {
    file: Option<File>,
    size: u64,
    last: VecDeque<Line>,
}

/// One of the last lines, for people.
struct Line {
    words: String,
    is_record: bool,
}

impl Log {
    /// Goes on with `sidecar.log` in `folder`. Where that cannot be written, only the last lines are kept, in memory.
    pub fn open(folder: &Path) -> Self {
        let path = folder.join("sidecar.log");
        let file = append(&path).ok();
        let size = file
            .as_ref()
            .and_then(|file| file.metadata().ok())
            .map_or(0, |facts| facts.len());
        let state = State {
            file,
            size,
            last: VecDeque::new(),
        };
        Self {
            path,
            state: Mutex::new(state),
        }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Add a line. What cannot be written is not a reason to stop serving.
    pub fn add(&self, line: &str) {
        let (line, words) = (line.trim_end(), words::of_record(line));
        let shown = Line {
            is_record: words.is_some(),
            words: cut(words.as_deref().unwrap_or(line)),
        };
        let line = up_to(line, LONGEST_WRITTEN);
        let mut state = self.lock();
        if state.size > LARGEST {
            state.file = None;
            let kept = self.path.with_extension("log.1");
            state.file = std::fs::rename(&self.path, kept).and_then(|()| append(&self.path)).ok();
            state.size = 0;
        }
        if let Some(file) = &mut state.file
            && writeln!(file, "{line}").is_ok()
        {
            state.size += line.len() as u64 + 1;
        }
        if state.last.len() == LAST_LINES {
            state.last.pop_front();
        }
        state.last.push_back(shown);
    }

    /// Forget the last lines, before another sidecar is started; the file keeps them.
    pub fn begin(&self) {
        self.lock().last.clear();
    }

    /// The last lines in words, oldest first.
    pub fn tail(&self) -> Vec<String> {
        self.lock().last.iter().map(|line| line.words.clone()).collect()
    }

    /// Those of the last lines that were said to people, oldest first.
    pub fn said(&self) -> Vec<String> {
        let state = self.lock();
        let said = state.last.iter().filter(|line| !line.is_record);
        said.map(|line| line.words.clone()).collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn cut(line: &str) -> String {
    line.chars().take(LONGEST_SHOWN).collect()
}

/// Its whole characters within so many bytes.
fn up_to(line: &str, most: usize) -> &str {
    let mut end = line.len().min(most);
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    &line[..end]
}

fn append(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_are_at_hand_and_all_lines_in_the_file() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let log = Log::open(folder.path());
        for number in 0..50 {
            log.add(&format!("line {number}\n"));
        }
        assert_eq!(log.tail().len(), LAST_LINES);
        assert_eq!(log.tail().first().map(String::as_str), Some("line 10"));
        assert_eq!(std::fs::read_to_string(log.path())?.lines().count(), 50);
        log.begin();
        assert!(log.tail().is_empty(), "the next sidecar's words are its own");
        Ok(())
    }

    #[test]
    fn records_are_words_to_people_and_whole_in_the_file() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let log = Log::open(folder.path());
        let trace = "  File x\n".repeat(LONGEST_SHOWN);
        let long = format!("Traceback (most recent call last):\n{trace}MemoryError: no more");
        let records = ["a job failed", &long].map(|event| serde_json::json!({ "event": event }).to_string());
        log.add(&records[0]);
        log.add("Killed");
        log.add(&records[1]);
        assert_eq!(log.tail(), ["a job failed", "Killed", "MemoryError: no more"]);
        assert_eq!(log.said(), ["Killed"]);
        let whole = format!("{}\nKilled\n{}\n", records[0], records[1]);
        assert!(std::fs::read_to_string(log.path())? == whole, "also the long one");
        Ok(())
    }

    #[test]
    fn the_file_stays_bounded_and_one_before_it_is_kept() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let log = Log::open(folder.path());
        // Two bytes a character: the limit lies between two characters, not within one.
        let line = format!("x{}", "ä".repeat(LONGEST_WRITTEN));
        for _ in 0..5 {
            log.add(&line);
        }
        assert_eq!(log.tail().last().map(|line| line.chars().count()), Some(LONGEST_SHOWN));
        let sizes = ["sidecar.log", "sidecar.log.1"].map(|name| std::fs::metadata(folder.path().join(name)));
        for size in sizes {
            assert!(size?.len() <= LARGEST + LONGEST_WRITTEN as u64 + 1);
        }
        assert_eq!(std::fs::read_dir(folder.path())?.count(), 2);
        Ok(())
    }

    #[test]
    fn it_goes_on_where_the_last_run_ended() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        Log::open(folder.path()).add("one");
        let log = Log::open(folder.path());
        log.add("two");
        assert_eq!(std::fs::read_to_string(log.path())?, "one\ntwo\n");
        assert_eq!(log.tail(), ["two"]);
        Ok(())
    }

    #[test]
    fn without_a_place_to_write_the_last_lines_are_kept_all_the_same() {
        let log = Log::open(Path::new("/nowhere/at/all"));
        log.add("still here");
        assert_eq!(log.tail(), ["still here"]);
    }
}
