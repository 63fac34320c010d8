//! The build history as instructions, whichever builder wrote it.
//!
//! | builder | what it writes |
//! |---|---|
//! | the classic builder, buildah, podman | `/bin/sh -c #(nop) ENV A=b`, `/bin/sh -c make`, `\|1 A=b /bin/sh -c make` |
//! | `BuildKit` | `ENV A=b`, `RUN /bin/sh -c make # buildkit`, `RUN \|1 A=b /bin/sh -c make # buildkit` |
//! | kaniko | the lines of the Dockerfile |
//! | Bazel, ko, Jib, apko, umoci, build packs | their own names; no instruction |
//!
//! A step that is none of these is taken for the words of a `RUN` in exec form, which the classic builder writes without a mark. What
//! Windows shells run is not read. Only the last `CMD` and `ENTRYPOINT` count in an image, and those of the base image are in the
//! history as well, so that more than one of them tells nothing.

mod lexer;
pub(crate) mod shell;
mod transfer;

use model::HistoryStep;

pub use shell::{Command, Word};
pub use transfer::Transfer;

/// The longest history that is read, in bytes.
const HISTORY_BYTES: usize = 256 << 10;

/// How often the bytes of a step may be read: once for each script that lies in a script.
const READINGS: usize = 8;

const KEYWORDS: [&str; 18] = [
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
    "ONBUILD",
    "RUN",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
];

/// What builders that have no instructions begin their steps with.
const BUILDERS: [&str; 12] = [
    "apko",
    "bazel",
    "buildah",
    "buildpacks",
    "cmd",
    "crane",
    "jib",
    "ko",
    "nix",
    "powershell",
    "rules_docker",
    "umoci",
];

/// One instruction of the build.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Instruction {
    /// The place of its step in the history, from 0.
    pub step: usize,
    /// The place of the layer it made, the lowest being 0; nothing when it made none.
    pub layer: Option<usize>,
    /// `RUN`, `ADD`, …; empty when it is no instruction.
    pub keyword: &'static str,
    /// What comes after the keyword; the script alone for `RUN`.
    pub text: String,
    /// The commands of a `RUN`.
    pub commands: Vec<Command>,
    /// Whether it is too long, or its scripts lie too deep, to be read whole.
    pub is_cut: bool,
}

impl Instruction {
    /// All commands of a `RUN`, those in scripts and substitutions too.
    #[must_use]
    pub fn all_commands(&self) -> Vec<&Command> {
        let mut found = Vec::new();
        self.commands.iter().for_each(|command| command.all(&mut found));
        found
    }

    /// What an `ADD` or `COPY` brings, and where to.
    #[must_use]
    pub fn transfer(&self) -> Option<Transfer> {
        matches!(self.keyword, "ADD" | "COPY").then(|| Transfer::read(&self.text)).flatten()
    }
}

/// The instructions of a build history, one for each step; those after the first 256 KiB are not read.
#[must_use]
pub fn read(history: &[HistoryStep]) -> Vec<Instruction> {
    let (mut layers, mut left) = (0, HISTORY_BYTES);
    let mut instructions = Vec::with_capacity(history.len());
    for (step, said) in history.iter().enumerate() {
        let layer = (!said.empty_layer).then_some(layers);
        layers += usize::from(layer.is_some());
        left = left.saturating_sub(said.created_by.len());
        let read = match left {
            0 => Instruction { is_cut: true, ..Instruction::default() },
            _ => instruction(&said.created_by),
        };
        instructions.push(Instruction { step, layer, ..read });
    }
    instructions
}

fn instruction(created_by: &str) -> Instruction {
    let said = created_by.trim();
    let said = said.strip_suffix("# buildkit").unwrap_or(said).trim();
    if let Some((shell, rest)) = said.split_once("#(nop)")
        && shell.trim_end().rsplit(' ').next().is_some_and(|last| last.eq_ignore_ascii_case("-c"))
    {
        return keyword_of(rest.trim()).map_or_else(Instruction::default, |(keyword, text)| Instruction {
            keyword,
            text: text.to_owned(),
            ..Instruction::default()
        });
    }
    match keyword_of(said) {
        Some(("RUN", text)) => run(text),
        Some((keyword, text)) => Instruction { keyword, text: text.to_owned(), ..Instruction::default() },
        None if is_builder(said) => Instruction::default(),
        None => run(said),
    }
}

fn keyword_of(text: &str) -> Option<(&'static str, &str)> {
    let (first, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let keyword = KEYWORDS.iter().find(|keyword| **keyword == first)?;
    Some((keyword, rest.trim()))
}

/// Whether a step is the work of a builder without instructions, or says nothing.
fn is_builder(text: &str) -> bool {
    let first = text.split([' ', ':', '-', '.', '/']).next().unwrap_or_default().to_ascii_lowercase();
    text.is_empty() || BUILDERS.contains(&first.as_str())
}

fn run(text: &str) -> Instruction {
    let mut reader = shell::Reader { left: text.len().saturating_mul(READINGS), is_cut: false };
    let text = without_flags(text);
    let (text, commands) = match script(text) {
        Script::Words(words) => (text, vec![reader.exec(words)]),
        Script::Text(script) => (script, reader.commands(script, 0)),
    };
    // A Dockerfile's own `RUN sh -c "make"`, as kaniko writes it down, is quoted; other builders give the script as it is.
    let commands = match commands.as_slice() {
        [Command { words, .. }] if text.starts_with(['"', '\'']) && words.len() == 1 => {
            words.first().map_or_else(Vec::new, |word| reader.commands(&word.text, 0))
        }
        _ => commands,
    };
    Instruction {
        keyword: "RUN",
        text: text.to_owned(),
        commands,
        is_cut: reader.is_cut,
        ..Instruction::default()
    }
}

/// What `RUN` runs.
enum Script<'a> {
    /// A script for a shell.
    Text(&'a str),
    /// A program with its arguments.
    Words(Vec<String>),
}

/// Takes off `--mount=…` and its kind.
fn without_flags(text: &str) -> &str {
    let mut rest = text.trim_start();
    while rest.starts_with("--") {
        rest = rest.split_once(char::is_whitespace).map_or("", |(_, rest)| rest.trim_start());
    }
    rest
}

fn script(text: &str) -> Script<'_> {
    if text.starts_with('[')
        && let Ok(words) = serde_json::from_str::<Vec<String>>(text)
    {
        return Script::Words(words);
    }
    let Some(rest) = text.strip_prefix('|') else {
        return Script::Text(after_shell(text).unwrap_or(text));
    };
    let (count, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    let Ok(count) = count.parse::<usize>() else { return Script::Text(text) };
    // The values are not quoted and may hold blanks, so that the shell is looked for rather than counted to.
    let places = std::iter::once(0).chain(rest.match_indices(' ').map(|(place, _)| place + 1));
    let mut tails = places.filter_map(|place| rest.get(place..));
    let found = tails.by_ref().filter(|tail| tail.starts_with('/')).find_map(after_shell);
    Script::Text(found.unwrap_or_else(|| {
        let mut rest = rest;
        for _ in 0..count.min(rest.len()) {
            rest = rest.split_once(' ').map_or("", |(_, rest)| rest);
        }
        rest
    }))
}

/// The script after `/bin/bash -o pipefail -c `; nothing when the text does not begin with a shell that is given one.
fn after_shell(text: &str) -> Option<&str> {
    let (shell, mut rest) = text.split_once(' ')?;
    if !shell::SHELLS.contains(&shell.rsplit('/').next()?) {
        return None;
    }
    // A shell has few options; what looks like more is no shell that a builder wrote.
    for _ in 0..8 {
        let (option, tail) = rest.trim_start().split_once(' ')?;
        let letters = option.strip_prefix('-')?;
        rest = tail;
        if letters.starts_with('-') {
            continue;
        }
        if letters.contains('c') {
            return Some(rest.trim_start());
        }
        if letters.ends_with('o') {
            rest = rest.trim_start().split_once(' ')?.1;
        }
    }
    None
}

#[cfg(test)]
mod tests;
