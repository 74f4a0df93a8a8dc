//! What other programs show: web pages, and folders.

use std::path::Path;

use url::Url;

use crate::console;

/// Show an address in the system's browser or mail program; any other scheme is left alone.
pub fn open_address(address: &Url) {
    if matches!(address.scheme(), "http" | "https" | "mailto")
        && let Err(error) = open::that_detached(address.as_str())
    {
        console::say(&format!("No program could be started for a link: {error}"));
    }
}

/// Show a folder. Fails in words for the owner.
pub fn open_folder(folder: &Path) -> Result<(), String> {
    open::that_detached(folder).map_err(|error| {
        format!(
            "No program could show {} ({error}). Open it yourself.",
            folder.display()
        )
    })
}
