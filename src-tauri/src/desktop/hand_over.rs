//! A second start hands its words over to the first one before it loads a toolkit: ended in the middle of that, as the
//! plugin does that decides between two starts at the same moment, it crashed now and then.

use std::env;

use zbus::blocking::Connection;

/// Whether the window that has this name already took the words of this start.
pub fn to_the_first(bus_id: &str) -> bool {
    try_to_hand_over(bus_id).is_ok()
}

/// The call that the single-instance plugin answers. It fails at once where nobody has the name, or there is no bus.
fn try_to_hand_over(bus_id: &str) -> zbus::Result<()> {
    let name = format!("{bus_id}.SingleInstance");
    let path = format!("/{}", name.replace('.', "/").replace('-', "_"));
    let words: Vec<String> = env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    let folder = env::current_dir()?;
    Connection::session()?.call_method(
        Some(name.as_str()),
        path.as_str(),
        Some("org.SingleInstance.DBus"),
        "ExecuteCallback",
        &(words, folder.to_string_lossy().as_ref()),
    )?;
    Ok(())
}
