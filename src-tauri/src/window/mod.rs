//! The one window, and what it shows.

#[cfg(target_os = "linux")]
pub mod drawing;
mod main_window;
mod navigation;
pub mod outside;
mod presenter;

pub use main_window::{Look, MAIN, arrived, create, go, on_navigation, storing};
pub use navigation::{Place, path_of};
pub use presenter::{RECOVER, WindowPresenter};
