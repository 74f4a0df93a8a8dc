//! Looks after a sidecar that serves: whether it answers, and whether its program is still the one that was started.

use std::time::{Duration, Instant};

use url::Url;

use crate::owner;
use crate::sidecar::{Program, Stamp};

/// How a sidecar is looked after. It may be busy for a long time without answering; that is no reason to end it.
#[derive(Debug, Clone, Copy)]
pub struct Care {
    /// The pause between two looks.
    pub every: Duration,
    /// An answer that takes longer is none.
    pub answers_within: Duration,
    /// It hangs when it answered nothing for this long, while the computer was awake,
    pub hangs_after: Duration,
    /// and when it was asked at least so often.
    pub questions: u32,
    /// A program that was replaced is only started when nothing happened to it for this long.
    pub still_for: Duration,
}

impl Default for Care {
    fn default() -> Self {
        Self {
            every: Duration::from_secs(15),
            answers_within: Duration::from_secs(10),
            hangs_after: Duration::from_secs(90),
            questions: 4,
            still_for: Duration::from_secs(10),
        }
    }
}

/// What a look finds.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    Well,
    /// It answers no more, since this time.
    Hangs(Instant),
    /// Another program lies in its place, whole.
    Replaced,
}

/// Looks after one sidecar, from the time that it serves.
pub(super) struct Vigil {
    care: Care,
    origin: Url,
    program: Program,
    /// The program as it was started.
    began: Option<Stamp>,
    /// Another one that lies there now, and since when it lies still.
    other: Option<(Stamp, Instant)>,
    silence: Silence,
    next: Instant,
}

impl Vigil {
    pub(super) fn new(care: Care, origin: Url, program: Program, began: Option<Stamp>) -> Self {
        let (other, silence, next) = (None, Silence::default(), Instant::now() + care.every);
        Self {
            care,
            origin,
            program,
            began,
            other,
            silence,
            next,
        }
    }

    /// How long until the next look.
    pub(super) fn wait(&self) -> Duration {
        self.next.saturating_duration_since(Instant::now())
    }

    /// Look now.
    pub(super) fn look(&mut self) -> Found {
        if self.is_replaced() {
            return Found::Replaced;
        }
        let asked = Instant::now();
        if owner::answers(&self.origin, self.care.answers_within) {
            self.silence = Silence::default();
        } else if self.silence.goes_on(asked, Instant::now(), &self.care) {
            return Found::Hangs(self.silence.since.unwrap_or(asked));
        }
        let pause = match self.other {
            Some(_) => self.care.every.min(self.care.still_for),
            None => self.care.every,
        };
        self.next = Instant::now() + pause;
        Found::Well
    }

    /// Whether another program lies there. A package that is being installed replaces one file after the other: its
    /// parts must lie still, too.
    fn is_replaced(&mut self) -> bool {
        let (Some(began), Some(now)) = (&self.began, self.program.stamp()) else {
            self.other = None;
            return false;
        };
        if now.is_same_program(began) {
            self.other = None;
            return false;
        }
        match &self.other {
            Some((other, since)) if *other == now => since.elapsed() >= self.care.still_for,
            _ => {
                self.other = Some((now, Instant::now()));
                false
            }
        }
    }
}

/// Questions in a row that were not answered.
#[derive(Default)]
struct Silence {
    questions: u32,
    /// While the computer was awake.
    lasted: Duration,
    since: Option<Instant>,
    last: Option<Instant>,
}

impl Silence {
    /// One more was `asked` and given up `now`; whether that is too much.
    ///
    /// A clock that goes on while the computer sleeps (Windows) must not tell of a long silence: what is between two
    /// questions counts for no more than it takes awake.
    fn goes_on(&mut self, asked: Instant, now: Instant, care: &Care) -> bool {
        let before = self.last.unwrap_or(asked);
        self.lasted += now.duration_since(before).min(care.every + care.answers_within);
        self.since.get_or_insert(asked);
        self.last = Some(now);
        self.questions += 1;
        self.questions >= care.questions && self.lasted >= care.hangs_after
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// After how many unanswered questions, each `apart` from the one before, it counts as hanging.
    fn questions_until_it_hangs(apart: Duration) -> Option<u32> {
        let (care, begin, mut silence) = (Care::default(), Instant::now(), Silence::default());
        (1..100).find(|number| {
            let asked = begin + apart * (number - 1);
            silence.goes_on(asked, asked + care.answers_within, &care)
        })
    }

    #[test]
    fn it_takes_a_long_silence_and_many_questions() {
        assert_eq!(questions_until_it_hangs(Duration::from_secs(25)), Some(5));
        let refused_at_once = questions_until_it_hangs(Duration::from_secs(15));
        assert_eq!(refused_at_once, Some(7));
    }

    #[cfg(unix)]
    #[test]
    fn parts_that_are_unpacked_beside_the_old_program_replace_nothing() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let (file, parts) = (folder.path().join("cortex"), folder.path().join("_internal"));
        std::fs::write(&file, "one")?;
        std::fs::create_dir(&parts)?;
        let program = Program::find(Some(serde_json::to_string(&[&file])?.as_ref()), None)?;
        let care = Care {
            still_for: Duration::ZERO,
            ..Care::default()
        };
        let (origin, began) = (Url::parse("http://127.0.0.1:1/")?, program.stamp());
        let mut vigil = Vigil::new(care, origin, program.clone(), began.clone());
        std::fs::remove_dir(&parts)?;
        assert_ne!(program.stamp(), began);
        assert_eq!((vigil.is_replaced(), vigil.is_replaced()), (false, false));
        std::fs::write(folder.path().join("cortex.new"), "two")?;
        std::fs::rename(folder.path().join("cortex.new"), &file)?;
        assert!(!vigil.is_replaced(), "it may go on");
        std::fs::create_dir(&parts)?;
        assert!(!vigil.is_replaced(), "it went on");
        assert!(vigil.is_replaced());
        Ok(())
    }

    #[test]
    fn sleep_is_no_silence() {
        let night = Duration::from_secs(8 * 3600);
        assert_eq!(questions_until_it_hangs(night), Some(5), "as many as awake");
    }
}
