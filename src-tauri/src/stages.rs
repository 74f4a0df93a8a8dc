//! The present stage, for whoever waits for the next one.

use tokio::sync::watch;

use crate::supervisor::{Stage, Step};

/// Holds the present stage and its number.
pub struct Stages(watch::Sender<(u64, Stage)>);

impl Default for Stages {
    fn default() -> Self {
        Self(watch::Sender::new((1, Stage::Starting { step: Step::Opening })))
    }
}

impl Stages {
    /// This is how things stand now.
    pub fn publish(&self, stage: Stage) {
        self.0.send_modify(|(number, present)| {
            *number += 1;
            *present = stage;
        });
    }

    /// The present stage with its number, once that is greater than `seen`.
    pub async fn after(&self, seen: u64) -> (u64, Stage) {
        let mut watched = self.0.subscribe();
        match watched.wait_for(|(number, _)| *number > seen).await {
            Ok(found) => found.clone(),
            Err(_) => self.0.borrow().clone(), // only when `self` is gone
        }
    }
}
