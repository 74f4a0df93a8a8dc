//! The owner's side of talking to Cortex: it proves itself first, then it is told the token.

mod client;
pub mod proof;

pub use client::{Connection, OwnerError, Token, answers};
