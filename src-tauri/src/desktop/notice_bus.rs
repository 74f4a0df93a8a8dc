//! Notifications by the session bus: one connection and one thread for all of them, however long they are left to stand.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tauri::{AppHandle, Runtime};
use zbus::blocking::connection::Builder;
use zbus::blocking::{Connection, MessageIterator};
use zbus::zvariant::Value;

use super::large_window;
use crate::console;

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";
/// Some desktops never say that one was closed.
const REMEMBERED: usize = 50;
/// The desktop may have to start who shows them first.
const ANSWERS_WITHIN: Duration = Duration::from_secs(25);
const AS_LONG_AS_USUAL: i32 = -1;

/// The line to whoever shows notifications; None until there was one to show, and after the bus has gone.
#[derive(Default)]
pub struct NoticeBus {
    line: Arc<Mutex<Option<Line>>>,
    /// Held while connecting, so that two notifications make one line.
    connecting: Mutex<()>,
}

struct Line {
    connection: Connection,
    /// Whether marks in a text mean something.
    has_marks: bool,
    places: Places,
}

/// Where a click on each of those leads that are shown.
#[derive(Default)]
struct Places(BTreeMap<u32, String>);

impl Places {
    fn keep(&mut self, id: u32, place: &str) {
        self.0.insert(id, place.to_owned());
        while self.0.len() > REMEMBERED {
            self.0.pop_first();
        }
    }

    fn take(&mut self, id: u32) -> Option<String> {
        self.0.remove(&id)
    }
}

impl NoticeBus {
    /// Show one; a click on it shows the view at `place`. Without a bus, or with nobody there who shows them, nothing
    /// happens.
    pub fn show<R: Runtime>(&self, app: &AppHandle<R>, title: &str, body: &str, place: &str) {
        if let Err(error) = self.try_to_show(app, title, body, place) {
            console::say(&format!("A notification was not shown: {error}"));
        }
    }

    fn try_to_show<R: Runtime>(&self, app: &AppHandle<R>, title: &str, body: &str, place: &str) -> zbus::Result<()> {
        let (connection, has_marks) = self.connected(app)?;
        // What a page called itself must not be read as marks.
        let body = if has_marks { escaped(body) } else { body.to_owned() };
        let (actions, hints) = (["default", "Open"], HashMap::<&str, Value<'_>>::new());
        let message = (
            "Cortex",
            0_u32,
            "cortex-desktop",
            title,
            body,
            &actions[..],
            hints,
            AS_LONG_AS_USUAL,
        );
        // The answer may take long: clicks on others, and further ones to show, do not wait for it.
        let answer = connection.call_method(Some(NAME), PATH, Some(NAME), "Notify", &message)?;
        let id = answer.body().deserialize()?;
        if let Some(line) = lock(&self.line).as_mut() {
            line.places.keep(id, place);
        }
        Ok(())
    }

    /// The line, and whether marks mean something there.
    fn connected<R: Runtime>(&self, app: &AppHandle<R>) -> zbus::Result<(Connection, bool)> {
        let _alone = self.connecting.lock().unwrap_or_else(PoisonError::into_inner);
        let known = lock(&self.line)
            .as_ref()
            .map(|line| (line.connection.clone(), line.has_marks));
        if let Some(known) = known {
            return Ok(known);
        }
        self.begin(app)
    }

    /// Connect, and listen for clicks until the bus goes.
    fn begin<R: Runtime>(&self, app: &AppHandle<R>) -> zbus::Result<(Connection, bool)> {
        let connection = Builder::session()?.method_timeout(ANSWERS_WITHIN).build()?;
        let known: Vec<String> = connection
            .call_method(Some(NAME), PATH, Some(NAME), "GetCapabilities", &())?
            .body()
            .deserialize()?;
        let rule = zbus::MatchRule::builder()
            .msg_type(zbus::message::Type::Signal)
            .interface(NAME)?
            .build();
        let signals = MessageIterator::for_match_rule(rule, &connection, None)?;
        let has_marks = known.iter().any(|each| each == "body-markup");
        // Before anyone listens who could find the bus gone.
        *lock(&self.line) = Some(Line {
            connection: connection.clone(),
            has_marks,
            places: Places::default(),
        });
        let (line, app) = (Arc::clone(&self.line), app.clone());
        std::thread::spawn(move || {
            for signal in signals.map_while(Result::ok) {
                if let Some(place) = clicked(&line, &signal) {
                    large_window::go(&app, &place);
                }
            }
            *lock(&line) = None;
        });
        Ok((connection, has_marks))
    }
}

/// Where a signal leads: that of a click on one of ours.
fn clicked(line: &Mutex<Option<Line>>, signal: &zbus::Message) -> Option<String> {
    let header = signal.header();
    let (body, mut held) = (signal.body(), lock(line));
    let places = &mut held.as_mut()?.places;
    match header.member()?.as_str() {
        "ActionInvoked" => {
            let (id, action) = body.deserialize::<(u32, String)>().ok()?;
            places.take(id).filter(|_| action == "default")
        }
        "NotificationClosed" => {
            let (id, _reason) = body.deserialize::<(u32, u32)>().ok()?;
            places.take(id);
            None
        }
        _ => None,
    }
}

fn lock(line: &Mutex<Option<Line>>) -> MutexGuard<'_, Option<Line>> {
    line.lock().unwrap_or_else(PoisonError::into_inner)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_page_calls_itself_is_no_markup() {
        assert_eq!(escaped("<img src=x> & <b>"), "&lt;img src=x&gt; &amp; &lt;b&gt;");
    }

    #[test]
    fn the_last_ones_lead_somewhere_once() {
        let mut places = Places::default();
        for id in 0..200 {
            places.keep(id, "/tasks");
        }
        assert_eq!(places.0.len(), REMEMBERED);
        assert_eq!(places.take(0), None);
        assert_eq!(places.take(199).as_deref(), Some("/tasks"));
        assert_eq!(places.take(199), None);
    }
}
