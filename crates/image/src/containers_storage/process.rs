use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use bounded::read_file;
use model::ContainerState;

/// Files that hold a number or a line.
const WORD_BYTES: u64 = 16 << 10;

/// What the files that conmon writes tell about a container's run.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) state: ContainerState,
    pub(super) process: Option<u32>,
    pub(super) started: Option<String>,
    pub(super) finished: Option<String>,
    pub(super) exit_code: Option<i64>,
}

/// The run of a container: `user_data` is where its files are, `exits` the directories in which conmon notes ends.
pub(super) fn run(id: &str, user_data: &Path, exits: &[PathBuf]) -> Run {
    let pid_file = user_data.join("pidfile");
    let process = number(&pid_file).and_then(|pid| u32::try_from(pid).ok()).filter(|pid| *pid > 0);
    let started = process.and_then(|_| modified(&pid_file));
    if let Some(end) = exits.iter().map(|directory| directory.join(id)).find(|path| path.is_file()) {
        return Run {
            state: ContainerState::Exited,
            process: None,
            started,
            finished: modified(&end),
            exit_code: number(&end),
        };
    }
    let Some(pid) = process else { return Run::default() };
    // A number is given to another process some day: the container's own names it in its control group.
    match group(pid) {
        Some(group) if group.contains(id) => {
            let state = if is_frozen(&group) { ContainerState::Paused } else { ContainerState::Running };
            Run { state, process, started, ..Run::default() }
        }
        _ => Run { state: ContainerState::Exited, started, ..Run::default() },
    }
}

/// The control groups of a process, `N:CONTROLLERS:PATH` each; nothing when there is no such process.
fn group(pid: u32) -> Option<String> {
    text(&Path::new("/proc").join(pid.to_string()).join("cgroup"))
}

/// Whether the kernel holds the group: `cgroup.freeze` of version 2, `freezer.state` of version 1.
fn is_frozen(groups: &str) -> bool {
    let mounted = Path::new("/sys/fs/cgroup");
    let state = |line: &str| {
        let mut parts = line.splitn(3, ':');
        let (number, controller, path) =
            (parts.next()?, parts.next()?, parts.next()?.trim_start_matches('/'));
        // The path is the kernel's; one that leads up is that of a process outside this namespace.
        if path.split('/').any(|part| part == "..") {
            return None;
        }
        match (number, controller) {
            ("0", "") => {
                let hybrid = text(&mounted.join("unified").join(path).join("cgroup.freeze"));
                hybrid.or_else(|| text(&mounted.join(path).join("cgroup.freeze")))
            }
            (_, "freezer") => text(&mounted.join("freezer").join(path).join("freezer.state")),
            _ => None,
        }
    };
    groups.lines().filter_map(state).any(|state| matches!(state.trim(), "1" | "FROZEN" | "FREEZING"))
}

fn text(path: &Path) -> Option<String> {
    String::from_utf8(read_file(path, WORD_BYTES).ok()?).ok()
}

fn number(path: &Path) -> Option<i64> {
    text(path)?.trim().parse().ok()
}

fn modified(path: &Path) -> Option<String> {
    let time = path.metadata().ok()?.modified().ok()?;
    Some(model::time_of(time.duration_since(UNIX_EPOCH).ok()?.as_secs()))
}
