//! The processes in which WebKit draws the pages.

use std::fs;

use rustix::process::{Pid, Signal, kill_process};

/// What the kernel keeps of `WebKitWebProcess`.
const NAME: &str = "WebKitWebProces";

/// End those that are left. One that is busy with a page would notice only after ten seconds that we are gone.
pub fn end() {
    for process in children().filter(|process| name(*process).as_deref() == Some(NAME)) {
        // It fails when it has just ended.
        let _ = kill_process(process, Signal::KILL);
    }
}

fn children() -> impl Iterator<Item = Pid> {
    let threads = fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let lists = threads.filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    let numbers = lists.flat_map(|list| list.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
    numbers.filter_map(|number| Pid::from_raw(number.parse().ok()?))
}

fn name(process: Pid) -> Option<String> {
    let text = fs::read_to_string(format!("/proc/{}/comm", process.as_raw_nonzero())).ok()?;
    Some(text.trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::{CommandExt, ExitStatusExt};
    use std::process::Command;

    use super::*;

    #[test]
    fn only_processes_of_that_name_are_ended() {
        let folder = tempfile::tempdir().expect("a folder");
        let sleeper = |name: &str| {
            let program = folder.path().join(name);
            fs::copy("/bin/sleep", &program).expect("a copy");
            Command::new(program)
                .arg0("sleep")
                .arg("600")
                .spawn()
                .expect("a process")
        };
        let (mut drawing, mut other) = (sleeper("WebKitWebProcess"), sleeper("WebKitNetworkProcess"));
        end();
        let ended = drawing.wait().expect("its end");
        let other_runs = other.try_wait().expect("an answer").is_none();
        other.kill().expect("its end");
        other.wait().expect("its end");
        assert_eq!(ended.signal(), Some(9));
        assert!(other_runs);
    }
}
