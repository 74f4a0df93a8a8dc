//! The few lines for whoever started the program from a terminal or a script.

use std::io::Write;

/// A line on standard error. That nobody reads it is no reason to end.
pub fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// The line on standard output that says where Cortex answers.
pub fn announce(origin: &str) {
    let mut output = std::io::stdout().lock();
    let _ = writeln!(output, "Cortex is ready at {origin}").and_then(|()| output.flush());
}
