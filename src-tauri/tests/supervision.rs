//! The supervisor with real processes: stand-ins for the sidecar that crash, refuse, hang, or answer.
#![cfg(unix)]

mod stand_in;

use std::error::Error;
use std::process::Command;
use std::time::Duration;

use cortex_shell::owner::{Connection, OwnerError, Token};
use cortex_shell::supervisor::{Stage, Wish};
use stand_in::{CURIOUS, IMPATIENT, Server, Shown, Stand, alive, until};
use url::Url;

type Checked = Result<(), Box<dyn Error>>;

/// A sidecar that ends when it is asked to.
const LISTENS: &str = "cat > /dev/null";
/// It takes its time to end: it is shown to leave before it is gone.
const UNTIL_SEEN: &str = "until [ -e seen ]; do sleep 0.1; done";

fn one_that_ends_in_order(server: &Server) -> Result<Stand, Box<dyn Error>> {
    let then = format!("{LISTENS}; {UNTIL_SEEN}; echo in order >> ends");
    Stand::serving(server, "echo $$ >> pids", &then)
}

/// It ends in order, which is no crash, and the next one serves.
fn gives_way(stand: &Stand, shown: &Shown, server: &Server) -> Checked {
    assert_eq!(shown.next()?, Stage::Restarting { crashes: 0 });
    stand.note("seen")?;
    assert_eq!(shown.next()?, server.shown());
    assert_eq!(std::fs::read_to_string(stand.folder().join("ends"))?, "in order\n");
    assert_eq!(std::fs::read_to_string(stand.folder().join("pids"))?.lines().count(), 2);
    Ok(())
}

#[test]
fn five_crashes_in_a_row_are_explained_with_the_log_and_one_more_try() -> Checked {
    let stand = Stand::of("echo out of memory >&2; exit 1")?;
    let (supervisor, shown) = stand.supervise()?;
    for crash in 1..5 {
        assert_eq!(shown.next()?, Stage::Restarting { crashes: crash });
    }
    let log_file = stand.log_file().display().to_string();
    let gave_up = Stage::GaveUp {
        crashes: 5,
        log: vec!["out of memory".into()],
        log_file,
    };
    assert_eq!(shown.next()?, gave_up);
    assert_eq!(std::fs::read_to_string(stand.log_file())?, "out of memory\n".repeat(5));
    supervisor.wish(Wish::TryAgain);
    assert!(matches!(shown.next()?, Stage::Starting { .. }));
    assert_eq!(shown.next()?, Stage::Restarting { crashes: 1 }, "counted anew");
    supervisor.stop();
    Ok(())
}

#[test]
fn records_for_programs_are_words_on_the_page_that_gives_up() -> Checked {
    let record =
        r#"{"event": "Traceback (most recent call last):\n  File x\nMemoryError: no more\n", "level": "error"}"#;
    let stand = Stand::of(&format!("printf '%s\\n' '{record}' Killed >&2; exit 3"))?;
    let (supervisor, shown) = stand.supervise()?;
    for _ in 1..5 {
        shown.next()?;
    }
    let stage = shown.next()?;
    assert!(
        matches!(&stage, Stage::GaveUp { log, .. } if *log == ["MemoryError: no more", "Killed"]),
        "{stage:?}"
    );
    assert!(
        std::fs::read_to_string(stand.log_file())?.starts_with(record),
        "raw in the file"
    );
    supervisor.stop();
    Ok(())
}

#[test]
fn what_the_sidecar_refuses_is_shown_in_its_words_at_once() -> Checked {
    let stand = Stand::of(r#"echo '{"event": "starting"}' >&2; echo The disk is full. >&2; exit 2"#)?;
    let (supervisor, shown) = stand.supervise()?;
    let log_file = stand.log_file().display().to_string();
    assert_eq!(
        shown.next()?,
        Stage::Refused {
            message: "The disk is full.".into(),
            log_file
        }
    );
    supervisor.stop();
    Ok(())
}

#[test]
fn a_taken_port_is_a_choice_and_another_one_is_any_free_one() -> Checked {
    let stand = Stand::of(r#"echo "$@" >> asked; echo It is held by python. >&2; exit 5"#)?;
    let (supervisor, shown) = stand.supervise()?;
    let message = String::from("It is held by python.");
    assert_eq!(
        shown.next()?,
        Stage::PortTaken {
            port: 8742,
            message: message.clone()
        }
    );
    supervisor.wish(Wish::UseAnotherPort);
    assert!(matches!(shown.next()?, Stage::Starting { .. }));
    assert_eq!(shown.next()?, Stage::PortTaken { port: 0, message });
    let asked = std::fs::read_to_string(stand.folder().join("asked"))?;
    let ports: Vec<_> = asked
        .lines()
        .filter_map(|line| line.split("--port ").nth(1)?.split(' ').next())
        .collect();
    assert_eq!(ports, ["8742", "0"]);
    supervisor.stop();
    Ok(())
}

#[test]
fn what_a_crashed_sidecar_had_started_is_gone_with_it() -> Checked {
    let stand = Stand::of("sleep 1000 & echo $! >> started; exit 1")?;
    let (supervisor, shown) = stand.supervise()?;
    while !matches!(shown.next()?, Stage::GaveUp { .. }) {}
    let started = std::fs::read_to_string(stand.folder().join("started"))?;
    assert_eq!(started.lines().count(), 5);
    assert!(started.lines().all(|pid| !alive(pid)));
    supervisor.stop();
    Ok(())
}

#[test]
fn a_sidecar_that_does_not_listen_is_ended_with_all_that_it_started() -> Checked {
    let stand = Stand::of("trap '' TERM INT; sleep 1000 & echo $$ $! > pids; while :; do sleep 1000; done")?;
    let (supervisor, _shown) = stand.supervise()?;
    let pids = until(|| {
        std::fs::read_to_string(stand.folder().join("pids"))
            .ok()
            .filter(|text| text.ends_with('\n'))
    })?;
    supervisor.stop();
    assert!(
        pids.split_whitespace().all(|pid| !alive(pid)),
        "all gone when stop returns"
    );
    Ok(())
}

#[test]
fn a_sidecar_that_listens_ends_in_order() -> Checked {
    let stand = Stand::of("echo up > up; cat > /dev/null; echo in order > end")?;
    let (supervisor, _shown) = stand.supervise()?;
    until(|| stand.folder().join("up").exists().then_some(()))?;
    supervisor.stop();
    assert_eq!(std::fs::read_to_string(stand.folder().join("end"))?, "in order\n");
    Ok(())
}

#[test]
fn a_proven_cortex_is_opened_and_a_killed_one_comes_back_at_the_same_port() -> Checked {
    let server = Server::start("owner-token")?;
    let stand = Stand::serving(&server, "echo $$ > pid", LISTENS)?;
    let (supervisor, shown) = stand.supervise()?;
    assert_eq!(shown.next()?, server.shown());
    let killed = std::fs::read_to_string(stand.folder().join("pid"))?;
    Command::new("kill").args(["-9", killed.trim()]).status()?;
    assert_eq!(shown.next()?, Stage::Restarting { crashes: 1 });
    assert_eq!(shown.next()?, server.shown());
    assert_eq!(shown.opened()?, [server.origin(), server.origin()]);
    supervisor.stop();
    Ok(())
}

#[test]
fn a_cortex_that_answers_no_more_is_ended_and_started_again() -> Checked {
    let server = Server::start("owner-token")?;
    let stand = Stand::serving(&server, "trap '' TERM; echo $$ >> pids", "while :; do sleep 1; done")?;
    let (supervisor, shown) = stand.supervise_with(IMPATIENT)?;
    assert_eq!(shown.next()?, server.shown());
    let asked = || {
        server
            .requests()
            .iter()
            .filter(|request| request.starts_with("GET /api/health "))
            .count()
    };
    until(|| (asked() > 5).then_some(()))?;
    server.fall_silent();
    // A machine that stands still for seconds may have let it look silent before.
    let first = shown.next_crash()?;
    assert_eq!(shown.next()?, server.shown());
    let pids = std::fs::read_to_string(stand.folder().join("pids"))?;
    assert!(!alive(pids.lines().next().unwrap_or_default()));
    assert_eq!(shown.next_crash()?, first + 1, "in a row");
    supervisor.stop();
    let requests = server.requests();
    let health = requests
        .iter()
        .filter(|request| request.starts_with("GET /api/health "));
    assert!(health.into_iter().all(|request| !request.contains("owner-token")));
    Ok(())
}

#[test]
fn a_program_that_was_replaced_gives_way_to_the_new_one() -> Checked {
    let server = Server::start("owner-token")?;
    let stand = one_that_ends_in_order(&server)?;
    let (supervisor, shown) = stand.supervise_with(CURIOUS)?;
    assert_eq!(shown.next()?, server.shown());
    stand.install_anew()?;
    gives_way(&stand, &shown, &server)?;
    supervisor.stop();
    Ok(())
}

#[test]
fn the_owner_starts_a_serving_cortex_again_without_its_being_a_crash() -> Checked {
    let server = Server::start("owner-token")?;
    let stand = one_that_ends_in_order(&server)?;
    let (supervisor, shown) = stand.supervise()?;
    assert_eq!(shown.next()?, server.shown());
    supervisor.wish(Wish::TryAgain);
    gives_way(&stand, &shown, &server)?;
    supervisor.stop();
    Ok(())
}

#[test]
fn another_port_is_remembered_once_it_serves() -> Checked {
    let server = Server::start("owner-token")?;
    let stand = Stand::serving(&server, r#"case "$*" in *"--port 8742 "*) exit 5;; esac"#, LISTENS)?;
    let (supervisor, shown) = stand.supervise()?;
    assert!(matches!(shown.next()?, Stage::PortTaken { port: 8742, .. }));
    assert!(!stand.port_file().exists());
    supervisor.wish(Wish::UseAnotherPort);
    while !matches!(shown.next()?, Stage::Serving { .. }) {}
    let noted = until(|| {
        std::fs::read_to_string(stand.port_file())
            .ok()
            .filter(|text| !text.is_empty())
    })?;
    assert!(server.origin().ends_with(&format!(":{}", noted.trim())));
    supervisor.stop();
    Ok(())
}

#[test]
fn what_cannot_prove_itself_is_told_nothing_and_not_shown() -> Checked {
    let server = Server::start("another-token")?;
    let stand = Stand::serving(&server, ":", LISTENS)?;
    let (supervisor, shown) = stand.supervise()?;
    assert_eq!(shown.next()?, Stage::Restarting { crashes: 1 });
    supervisor.stop();
    assert_eq!(shown.opened()?, [""; 0]);
    let requests = server.requests();
    assert!(
        requests
            .iter()
            .all(|request| request.starts_with("GET /api/auth/proof?nonce=")),
        "{requests:?}"
    );
    assert!(requests.iter().all(|request| !request.contains("owner-token")));
    Ok(())
}

#[test]
fn who_has_the_port_of_a_proven_cortex_later_is_told_nothing() -> Checked {
    let server = Server::start("owner-token")?;
    let connection = Connection::prove(&Url::parse(&server.origin())?, Token::new("owner-token".into()))?;
    connection.post("/api/processing/pause")?;
    let sent = |most| until(|| Some(server.requests()).filter(|requests| requests.len() >= most));
    let before = sent(3)?.len();
    server.give_way_to_a_stranger();
    for refused in [
        connection.post("/api/processing/pause"),
        connection.sign_in("/capture").map(drop),
        connection.prove_again(),
    ] {
        assert!(matches!(refused, Err(OwnerError::Unproven(_))), "{refused:?}");
    }
    let requests = sent(before + 3)?.split_off(before);
    assert_eq!(requests.len(), 3);
    for request in &requests {
        assert!(request.starts_with("GET /api/auth/proof?nonce="), "{request}");
        assert!(!request.contains("Bearer") && !request.contains("owner-token"));
    }
    Ok(())
}

#[test]
fn a_cortex_that_has_the_library_already_is_adopted_outlived_and_never_ended() -> Checked {
    let server = Server::start("owner-token")?;
    let stand = Stand::of("echo own > own; cat > /dev/null")?;
    stand.write("token", "owner-token")?;
    let instance = format!(
        r#"{{"pid": 1, "url": "{}", "started_at": "2026-01-01T00:00:00Z"}}"#,
        server.origin()
    );
    stand.write("instance.json", &instance)?;
    let (supervisor, shown) = stand.supervise()?;
    assert_eq!(shown.next()?, server.shown());
    assert!(!stand.folder().join("own").exists(), "none of our own");
    std::fs::remove_file(stand.library().join("instance.json"))?;
    assert_eq!(
        shown.next_within(Duration::from_secs(30))?,
        Stage::Restarting { crashes: 0 }
    );
    until(|| stand.folder().join("own").exists().then_some(()))?;
    supervisor.stop();
    Ok(())
}
