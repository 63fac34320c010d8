//! The commands a shell script runs, with what wraps them taken off.

use super::lexer::{self, RawWord, Token};

/// How deep scripts may lie in scripts.
const DEPTH: usize = 8;

/// The programs that run a script given with `-c` or by their input.
pub(crate) const SHELLS: [&str; 7] = ["sh", "bash", "ash", "dash", "zsh", "ksh", "mksh"];

/// The words of the shell's own language that stand before a command.
const KEYWORDS: [&str; 13] =
    ["if", "then", "elif", "else", "fi", "while", "until", "do", "done", "esac", "!", "{", "}"];

/// A program that runs the program it is given.
struct Wrapper {
    name: &'static str,
    /// Its options that take a value in the next word.
    valued: &'static [&'static str],
    /// How many words of its own stand before the program.
    own_words: usize,
}

static WRAPPERS: [Wrapper; 16] = [
    Wrapper { name: "busybox", valued: &[], own_words: 0 },
    Wrapper { name: "builtin", valued: &[], own_words: 0 },
    Wrapper { name: "command", valued: &[], own_words: 0 },
    Wrapper { name: "doas", valued: &["-u", "-C"], own_words: 0 },
    Wrapper { name: "eatmydata", valued: &[], own_words: 0 },
    Wrapper { name: "env", valued: &["-u", "--unset", "-C", "--chdir"], own_words: 0 },
    Wrapper { name: "exec", valued: &["-a"], own_words: 0 },
    Wrapper { name: "gosu", valued: &[], own_words: 1 },
    Wrapper { name: "ionice", valued: &["-c", "-n"], own_words: 0 },
    Wrapper { name: "nice", valued: &["-n", "--adjustment"], own_words: 0 },
    Wrapper { name: "nohup", valued: &[], own_words: 0 },
    Wrapper { name: "su-exec", valued: &[], own_words: 1 },
    Wrapper {
        name: "sudo",
        valued: &[
            "-u", "--user", "-g", "--group", "-h", "--host", "-p", "--prompt", "-C", "-D", "-R", "-r", "-t",
        ],
        own_words: 0,
    },
    Wrapper { name: "time", valued: &["-f", "-o"], own_words: 0 },
    Wrapper { name: "timeout", valued: &["-k", "-s", "--kill-after", "--signal"], own_words: 1 },
    Wrapper {
        name: "xargs",
        valued: &["-a", "-d", "-E", "-I", "-L", "-n", "-P", "-s", "--max-args", "--max-procs", "--arg-file"],
        own_words: 0,
    },
];

/// A word of a command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Word {
    /// Its text without quotes; what is substituted stands as it was written.
    pub text: String,
    /// The commands whose output is put in its place.
    pub substituted: Vec<Command>,
}

/// One command of a script.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Command {
    /// What is assigned in front of it, `NAME=value`.
    pub assignments: Vec<Word>,
    /// The program and its arguments; empty when there are assignments only.
    pub words: Vec<Word>,
    /// The programs that run it, such as `sudo`.
    pub wrappers: Vec<String>,
    /// Commands of the same pipeline have the same number, and stand in its order.
    pub pipeline: usize,
    /// The files its output is written to.
    pub writes: Vec<String>,
    /// What it reads, when the script says so itself.
    pub input: Option<String>,
    /// The commands of the script it is given, when it is a shell.
    pub script: Vec<Command>,
}

impl Command {
    /// The program's name without its directory; empty when there is none.
    #[must_use]
    pub fn program(&self) -> &str {
        self.words.first().map_or("", |word| base_name(&word.text))
    }

    /// The words after the program.
    pub fn arguments(&self) -> impl Iterator<Item = &str> {
        self.words.iter().skip(1).map(|word| word.text.as_str())
    }

    /// The arguments that are no options; the value of an option that takes one is among them.
    pub fn operands(&self) -> impl Iterator<Item = &str> {
        self.arguments().filter(|word| !word.starts_with('-'))
    }

    /// Whether an option is given: `--name`, `--name=value`, or a letter among others, `-fsSLk` for `-k`.
    #[must_use]
    pub fn has_option(&self, option: &str) -> bool {
        let letter = match option.strip_prefix('-').map(|letters| letters.chars()) {
            Some(mut letters) => letters.next().filter(|letter| *letter != '-' && letters.next().is_none()),
            None => None,
        };
        self.arguments().any(|word| {
            let is_cluster = word.starts_with('-') && !word.starts_with("--");
            word.strip_prefix(option).is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
                || is_cluster && letter.is_some_and(|letter| cluster(word).contains(letter))
        })
    }

    /// This command and all those that lie in its words and its script.
    pub fn all<'a>(&'a self, found: &mut Vec<&'a Self>) {
        found.push(self);
        let words = self.assignments.iter().chain(&self.words);
        let inner = words.flat_map(|word| &word.substituted).chain(&self.script);
        inner.for_each(|command| command.all(found));
    }
}

/// The letters of `-abc`, up to the first that is none: what follows it is a value.
fn cluster(word: &str) -> &str {
    let letters = word.trim_start_matches('-');
    let end = letters.find(|character: char| !character.is_ascii_alphabetic()).unwrap_or(letters.len());
    letters.get(..end).unwrap_or_default()
}

/// A program's name without its directory.
fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Reads scripts until it has read enough.
#[derive(Debug)]
pub(super) struct Reader {
    /// The bytes that may still be read; a script within scripts is read once for each of them.
    pub(super) left: usize,
    /// Whether something was left out.
    pub(super) is_cut: bool,
}

impl Reader {
    /// The commands of a script.
    pub(super) fn commands(&mut self, script: &str, depth: usize) -> Vec<Command> {
        if depth > DEPTH || script.len() > self.left {
            self.is_cut = true;
            return Vec::new();
        }
        self.left -= script.len();
        let lexer::Tokens { tokens, documents } = lexer::split(script);
        let mut parts = Parts::default();
        for token in tokens {
            match token {
                Token::Word(word) => parts.current.words.push(word),
                Token::Output(word) => parts.current.outputs.push(word),
                Token::HereString(word) => parts.current.input = Some(word.text),
                Token::HereDocument(place) => parts.current.input = documents.get(place).cloned(),
                Token::Pipe | Token::Open | Token::Close => parts.end_command(),
                Token::Break => {
                    parts.end_command();
                    parts.pipeline += 1;
                }
            }
        }
        parts.end_command();
        let commands = parts.done.into_iter().map(|part| self.command(part, depth));
        // `fi` and its kind leave nothing.
        commands
            .filter(|command| {
                !(command.words.is_empty() && command.assignments.is_empty() && command.writes.is_empty())
            })
            .collect()
    }

    /// A command given as words, as the exec form of `RUN` has it.
    pub(super) fn exec(&mut self, words: Vec<String>) -> Command {
        let words =
            words.into_iter().map(|text| RawWord { text, quoted: true, ..RawWord::default() }).collect();
        self.command(Part { words, ..Part::default() }, 0)
    }

    fn command(&mut self, part: Part, depth: usize) -> Command {
        let mut words: Vec<RawWord> = part.words;
        let keywords = words.iter().take_while(|word| !word.quoted && KEYWORDS.contains(&word.text.as_str()));
        words.drain(..keywords.count());
        let mut command = Command { pipeline: part.pipeline, input: part.input, ..Command::default() };
        let mut words: std::collections::VecDeque<RawWord> = words.into();
        let mut assignments = Vec::new();
        take_assignments(&mut words, &mut assignments);
        while let Some(wrapper) = wrapper_of(&words) {
            command.wrappers.push(wrapper.name.to_owned());
            unwrap(&mut words, wrapper);
            take_assignments(&mut words, &mut assignments);
        }
        let script = script_of(&words, command.input.as_deref());
        command.writes = part.outputs.iter().map(|word| word.text.clone()).collect();
        // What is written to a process substitution is read by a command too.
        assignments.extend(part.outputs.into_iter().filter(|word| !word.scripts.is_empty()));
        command.assignments = assignments.into_iter().map(|word| self.word(word, depth)).collect();
        command.words = words.into_iter().map(|word| self.word(word, depth)).collect();
        if let Some(script) = script {
            command.script = self.commands(&script, depth + 1);
        }
        command
    }

    fn word(&mut self, word: RawWord, depth: usize) -> Word {
        let substituted = word.scripts.iter().flat_map(|script| self.commands(script, depth + 1)).collect();
        Word { text: word.text, substituted }
    }
}

/// A command whose words have not been looked at.
#[derive(Default)]
struct Part {
    words: Vec<RawWord>,
    outputs: Vec<RawWord>,
    input: Option<String>,
    pipeline: usize,
}

#[derive(Default)]
struct Parts {
    done: Vec<Part>,
    current: Part,
    pipeline: usize,
}

impl Parts {
    fn end_command(&mut self) {
        let part = std::mem::take(&mut self.current);
        if !part.words.is_empty() || !part.outputs.is_empty() || part.input.is_some() {
            self.done.push(Part { pipeline: self.pipeline, ..part });
        }
    }
}

/// Whether a word is `NAME=value`.
fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        let name = name.strip_suffix('+').unwrap_or(name);
        name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
}

fn take_assignments(words: &mut std::collections::VecDeque<RawWord>, assignments: &mut Vec<RawWord>) {
    while words.front().is_some_and(|word| is_assignment(&word.text)) {
        assignments.extend(words.pop_front());
    }
}

/// The wrapper that the words begin with, when there is something for it to run.
fn wrapper_of(words: &std::collections::VecDeque<RawWord>) -> Option<&'static Wrapper> {
    let name = base_name(&words.front()?.text);
    let next = words.get(1)?;
    // `command -v program` looks the program up and does not run it.
    let runs_nothing = name == "command" && matches!(next.text.as_str(), "-v" | "-V");
    WRAPPERS.iter().find(|wrapper| wrapper.name == name && !runs_nothing)
}

fn unwrap(words: &mut std::collections::VecDeque<RawWord>, wrapper: &Wrapper) {
    words.pop_front();
    while let Some(option) = words.front().filter(|word| word.text.starts_with('-')) {
        let (is_last, has_value) = (option.text == "--", wrapper.valued.contains(&option.text.as_str()));
        words.pop_front();
        if is_last {
            break;
        }
        if has_value {
            words.pop_front();
        }
    }
    words.drain(..wrapper.own_words.min(words.len()));
}

/// The script that a shell is given: after `-c`, by its input, or by `eval`.
fn script_of(words: &std::collections::VecDeque<RawWord>, input: Option<&str>) -> Option<String> {
    let program = base_name(&words.front()?.text);
    let arguments = || words.iter().skip(1).map(|word| word.text.as_str());
    if program == "eval" {
        return Some(arguments().collect::<Vec<_>>().join(" "));
    }
    if program != "su" && !SHELLS.contains(&program) {
        return None;
    }
    let takes_script =
        |word: &str| word.starts_with('-') && !word.starts_with("--") && cluster(word).contains('c');
    match arguments().position(|word| takes_script(word) || word == "--command") {
        Some(option) => arguments().nth(option + 1).map(str::to_owned),
        None => input.filter(|_| !arguments().any(|word| !word.starts_with('-'))).map(str::to_owned),
    }
}
