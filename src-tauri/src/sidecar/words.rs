//! What the sidecar says for programs (JSON, a record a line), for people.

use serde_json::{Map, Value};

/// A record in words: what happened, and the last line of an exception. None for a line that is no record.
pub fn of_record(line: &str) -> Option<String> {
    let record: Map<String, Value> = serde_json::from_str(line).ok()?;
    let event = record.get("event")?.as_str()?;
    let mut lines = event.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default();
    let exception = record.get("exception").and_then(Value::as_str);
    let more = lines.next_back().or(exception.map(str::trim));
    Some(match more {
        // what a traceback begins with says nothing
        Some(more) if event.contains("Traceback (most recent call last)") && is_of_a_traceback(first) => more.into(),
        Some(more) if more != first => format!("{first}: {more}"),
        _ => first.into(),
    })
}

/// The first line of a traceback, or of the exception that another one arose from.
fn is_of_a_traceback(line: &str) -> bool {
    line.starts_with("Traceback (") || line.split(':').next().is_some_and(|name| name.ends_with("Error"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_what_happened_and_what_the_exception_said() {
        let chained = "OSError: [Errno 28] No space left\n\nDuring handling of the above exception, another exception \
                       occurred:\n\nTraceback (most recent call last):\n  File \"x.py\", line 1\nMemoryError: no more\n";
        let records = [
            (
                serde_json::json!({"event": "integrity check passed", "level": "info"}),
                "integrity check passed",
            ),
            (
                serde_json::json!({"event": "a job failed", "exception": "ValueError", "trace": ["a:1"]}),
                "a job failed: ValueError",
            ),
            (
                serde_json::json!({"event": "Traceback (most recent call last):\n  File\nKeyError: 'x'\n"}),
                "KeyError: 'x'",
            ),
            (
                serde_json::json!({"event": "Exception in ASGI application\nTraceback (most recent call last):\nKeyError: 'x'"}),
                "Exception in ASGI application: KeyError: 'x'",
            ),
            (serde_json::json!({"event": chained}), "MemoryError: no more"),
        ];
        for (record, words) in records {
            assert_eq!(of_record(&record.to_string()).as_deref(), Some(words));
        }
    }

    #[test]
    fn what_is_no_record_is_none() {
        for line in [
            "Killed",
            "",
            "{",
            r#"{"level": "info"}"#,
            r#"{"event": 7}"#,
            "[1]",
            r#""event""#,
        ] {
            assert_eq!(of_record(line), None, "{line}");
        }
    }
}
