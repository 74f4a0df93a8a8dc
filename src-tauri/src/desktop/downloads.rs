//! Saving a file, such as an original: it is fetched into a folder of ours, then the owner says where it goes.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rfd::AsyncFileDialog;
use tauri::webview::DownloadEvent;
use tauri::{AppHandle, Manager, Runtime, Webview};
use tempfile::TempDir;
use url::Url;

use super::notices;
use super::views::LIBRARY;

/// Folders of what is being fetched, by its address, and of what the owner is asked about, by the folder. Dropping one
/// deletes it.
#[derive(Default)]
pub struct Downloads {
    fetched: Mutex<HashMap<Url, TempDir>>,
    asked: Mutex<HashMap<PathBuf, TempDir>>,
}

impl Downloads {
    /// A place for what is fetched from `address`, under the name that is suggested.
    fn begin(&self, address: &Url, suggested: &Path) -> io::Result<PathBuf> {
        let folder = tempfile::Builder::new().prefix("cortex-").tempdir()?;
        let file = folder.path().join(suggested.file_name().unwrap_or("original".as_ref()));
        lock(&self.fetched).insert(address.clone(), folder);
        Ok(file)
    }

    fn end(&self, address: &Url) -> Option<TempDir> {
        lock(&self.fetched).remove(address)
    }

    /// It is kept until there is an answer, or the program ends.
    fn keep(&self, folder: TempDir) -> PathBuf {
        let path = folder.path().to_owned();
        lock(&self.asked).insert(path.clone(), folder);
        path
    }

    fn answered(&self, folder: &Path) {
        lock(&self.asked).remove(folder);
    }

    /// Delete all that nobody has said a place for: the program ends.
    pub fn clear(&self) {
        lock(&self.fetched).clear();
        lock(&self.asked).clear();
    }
}

fn lock<T>(held: &Mutex<T>) -> MutexGuard<'_, T> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Take part in a download of the page; whether it may begin.
pub fn follow<R: Runtime>(webview: &Webview<R>, event: DownloadEvent<'_>) -> bool {
    let app = webview.app_handle();
    let downloads = app.state::<Downloads>();
    match event {
        DownloadEvent::Requested { url, destination } => match downloads.begin(&url, destination) {
            Ok(file) => *destination = file,
            Err(error) => {
                tell(app, &error.to_string());
                return false;
            }
        },
        DownloadEvent::Finished { url, success, .. } => match downloads.end(&url) {
            Some(folder) if success => ask(app, folder),
            Some(_) => tell(
                app,
                "It could not be read. Cortex may be restarting: try again in a moment.",
            ),
            None => {}
        },
        _ => {}
    }
    true
}

/// Ask where it goes, and put it there. Without an answer it is deleted.
fn ask<R: Runtime>(app: &AppHandle<R>, folder: TempDir) {
    let Some(file) = std::fs::read_dir(folder.path())
        .ok()
        .and_then(|mut all| all.next()?.ok())
        .map(|found| found.path())
    else {
        tell(app, "It could not be read.");
        return;
    };
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let (teller, kept) = (app.clone(), app.state::<Downloads>().keep(folder));
    let asked = app.run_on_main_thread(move || {
        let answer = AsyncFileDialog::new()
            .set_title("Save as")
            .set_file_name(name)
            .save_file();
        std::thread::spawn(move || {
            if let Some(chosen) = tauri::async_runtime::block_on(answer)
                && let Err(error) = move_to(&file, chosen.path())
            {
                tell(&teller, &error.to_string());
            }
            teller.state::<Downloads>().answered(&kept);
        });
    });
    if asked.is_err() {
        tell(app, "The window is being closed.");
    }
}

/// Across disks, too. What was there is only replaced by the whole file.
fn move_to(file: &Path, place: &Path) -> io::Result<()> {
    if std::fs::rename(file, place).is_ok() {
        return Ok(());
    }
    let beside = tempfile::NamedTempFile::new_in(place.parent().unwrap_or(Path::new(".")))?;
    std::fs::copy(file, beside.path())?;
    beside.persist(place)?;
    Ok(())
}

fn tell<R: Runtime>(app: &AppHandle<R>, reason: &str) {
    notices::show(app, "The file was not saved", reason, LIBRARY);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_download_has_a_folder_of_its_own_until_it_ends() {
        let downloads = Downloads::default();
        let address = Url::parse("http://127.0.0.1:8742/api/items/itm_1/original").expect("an address");
        let file = downloads
            .begin(&address, Path::new("/home/ada/Downloads/tides.pdf"))
            .expect("a folder");
        assert_eq!(file.file_name(), Some("tides.pdf".as_ref()));
        std::fs::write(&file, "text").expect("written");
        drop(downloads.end(&address));
        assert!(!file.exists());
        assert!(downloads.end(&address).is_none());
    }

    #[test]
    fn nothing_is_left_when_the_program_ends_before_an_answer() {
        let downloads = Downloads::default();
        let address = Url::parse("blob:http://127.0.0.1:8742/1").expect("an address");
        let asked = downloads.begin(&address, Path::new("a.pdf")).expect("a folder");
        std::fs::write(&asked, "text").expect("written");
        let folder = downloads.keep(downloads.end(&address).expect("it was begun"));
        let fetched = downloads.begin(&address, Path::new("b.pdf")).expect("a folder");
        std::fs::write(&fetched, "te").expect("written");
        assert!(asked.exists() && asked.starts_with(&folder));
        downloads.clear();
        assert!(!folder.exists() && !fetched.exists());
        downloads.answered(&folder);
    }

    #[test]
    fn what_was_there_is_replaced_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        let (from, to) = (folder.path().join("a"), folder.path().join("b"));
        std::fs::write(&from, "new").expect("written");
        std::fs::write(&to, "old").expect("written");
        move_to(&from, &to).expect("moved");
        assert_eq!(std::fs::read_to_string(&to).expect("read"), "new");
        assert!(move_to(&to, &folder.path().join("nowhere/b")).is_err());
        assert!(to.exists());
    }
}
