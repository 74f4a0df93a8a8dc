//! What became of files that were handed to the sidecar's command.

use std::io;
use std::path::Path;
use std::process::Output;

use serde::Deserialize;
use serde_json::{Value, json};

const UNTOUCHED: &str = "Your files are where they were: add them again.";
/// About as much as a notification shows.
const LONGEST: usize = 360;

/// What became of the files.
#[derive(Debug, Default, PartialEq)]
pub struct Outcome {
    /// What was answered of each file.
    items: Vec<Value>,
    /// Why some were not even answered for; None when all were.
    problem: Option<String>,
}

impl Outcome {
    /// Read what the command said.
    pub fn of(done: io::Result<Output>) -> Self {
        let output = match done {
            Ok(output) => output,
            Err(error) => return Self::unanswered(format!("Cortex could not be asked ({error}). {UNTOUCHED}")),
        };
        if let Ok(Answer { items }) = serde_json::from_slice(&output.stdout) {
            return Self { items, problem: None };
        }
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        Self::unanswered(if said.is_empty() {
            format!("Cortex gave no answer. {UNTOUCHED}")
        } else {
            said
        })
    }

    fn unanswered(problem: String) -> Self {
        Self {
            items: Vec::new(),
            problem: Some(problem),
        }
    }

    /// Whether every file was answered for.
    pub fn is_answered(&self) -> bool {
        self.problem.is_none()
    }

    /// What was not answered is asked again later.
    pub fn put_off(&mut self) {
        self.problem = None;
    }

    /// What became of further files.
    pub fn and(&mut self, further: Self) {
        self.items.extend(further.items);
        self.problem = further.problem;
    }

    /// For the page; None when nothing was answered.
    pub fn answer(&self) -> Option<Value> {
        (!self.items.is_empty()).then(|| json!({ "items": self.items }))
    }

    /// What went wrong, as a title and in words; None when nothing did.
    pub fn trouble(&self) -> Option<(String, String)> {
        let refused: Vec<String> = self.items.iter().filter_map(refusal).collect();
        let what = match (refused.len(), self.items.len()) {
            (0, _) => "Not all files were added".to_owned(),
            (_, 1) => "A file was not added".to_owned(),
            (some, all) => format!("{some} of {all} files were not added"),
        };
        let reason = match (&self.problem, refused.is_empty()) {
            (Some(problem), _) => problem.clone(),
            (None, false) => first_few(&refused),
            (None, true) => return None,
        };
        Some((what, reason))
    }
}

/// As many whole lines as are read, and how many more there are.
fn first_few(lines: &[String]) -> String {
    let mut length = 0;
    let shown = lines.iter().take_while(|line| {
        length += line.chars().count() + 1;
        length <= LONGEST
    });
    // One line is always shown; what is too long in it is shortened where it is shown.
    let shown = shown.count().max(1);
    let mut text = lines[..shown].join("\n");
    if shown < lines.len() {
        text += &format!("\nand {} more.", lines.len() - shown);
    }
    text
}

/// Of a file that was refused its name and the sidecar's sentence.
fn refusal(item: &Value) -> Option<String> {
    let item = Item::deserialize(item).ok().filter(|item| item.status == "refused")?;
    let name = Path::new(&item.target)
        .file_name()
        .unwrap_or_default()
        .to_string_lossy();
    Some(format!("{name}: {}", item.message.unwrap_or_default()))
}

#[derive(Deserialize)]
struct Answer {
    items: Vec<Value>,
}

#[derive(Deserialize)]
struct Item {
    target: String,
    status: String,
    message: Option<String>,
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::process::ExitStatusExt;
    use std::process::ExitStatus;

    use super::*;

    fn ended(code: i32, stdout: &str, stderr: &str) -> Outcome {
        Outcome::of(Ok(Output {
            status: ExitStatus::from_raw(code << 8),
            stdout: stdout.into(),
            stderr: stderr.into(),
        }))
    }

    fn refused(names: &[&str], reason: &str) -> String {
        let item = |name: &&str| json!({ "target": format!("/a/{name}"), "status": "refused", "message": reason });
        json!({ "items": names.iter().map(item).collect::<Vec<_>>() }).to_string()
    }

    #[test]
    fn the_page_is_told_what_was_answered_and_the_owner_what_was_refused() {
        let added = r#"{"items": [{"target": "/a/b.md", "status": "created"}]}"#;
        let outcome = ended(0, added, "");
        assert_eq!(outcome.answer(), serde_json::from_str(added).ok());
        assert_eq!((outcome.trouble(), outcome.is_answered()), (None, true));
        let mut outcome = ended(1, &refused(&["b.md"], "It is empty."), "");
        let trouble = ("A file was not added".into(), "b.md: It is empty.".into());
        assert_eq!(outcome.trouble(), Some(trouble));
        outcome.and(ended(0, added, ""));
        let trouble = outcome.trouble().map(|(what, _)| what);
        assert_eq!(trouble.as_deref(), Some("1 of 2 files were not added"));
    }

    #[test]
    fn of_many_refusals_the_first_are_said_whole_and_the_rest_counted() {
        let names: Vec<String> = (0..40).map(|number| format!("paper-{number}.pdf")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let outcome = ended(1, &refused(&names, "It is locked with a password."), "");
        let (what, reason) = outcome.trouble().expect("a trouble");
        assert_eq!(what, "40 of 40 files were not added");
        let lines: Vec<&str> = reason.lines().collect();
        let (last, named) = lines.split_last().expect("lines");
        assert!(
            named.len() > 3 && named.iter().all(|line| line.ends_with("password.")),
            "{reason}"
        );
        assert_eq!(*last, format!("and {} more.", 40 - named.len()));
        assert!(reason.chars().count() < 400);
        let long = "a".repeat(500);
        let outcome = ended(1, &refused(&["b", "c"], &long), "");
        let (_, reason) = outcome.trouble().expect("a trouble");
        assert_eq!(reason, format!("b: {long}\nand 1 more."));
    }

    #[test]
    fn without_an_answer_there_is_always_a_reason() {
        let reason = |outcome: &Outcome| outcome.trouble().map(|(_, reason)| reason).unwrap_or_default();
        let away = ended(2, "", "Nothing answers at http://127.0.0.1:8742.\n");
        assert_eq!(reason(&away), "Nothing answers at http://127.0.0.1:8742.");
        for silent in [ended(2, "", ""), ended(0, "", ""), ended(1, "{", "")] {
            assert_eq!((silent.answer(), silent.is_answered()), (None, false));
            assert!(reason(&silent).ends_with(UNTOUCHED));
        }
        let failed = Outcome::of(Err(io::Error::other("no such program")));
        assert!(reason(&failed).contains("no such program"));
    }
}
