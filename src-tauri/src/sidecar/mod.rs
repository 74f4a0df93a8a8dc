//! The program that serves the library: how it is started, heard, and ended with everything it started.

mod command;
mod ending;
mod group;
mod log;
mod process;
mod stamp;
mod words;

pub use command::{Launch, Program, ProgramError, VARIABLE};
pub use ending::Ending;
pub use group::Group;
pub use log::Log;
pub use process::{Sidecar, Told};
pub use stamp::Stamp;
