//! What the instructions of the build did.

use model::{Gap, Text};
use serde::Deserialize;

use super::{answer::Answer, line_match::Expression, pattern::Interest, test::Judge};
use crate::Evidence;
use crate::instruction::{self, Command, Instruction, shell::SHELLS};

/// At most so many steps are named in a finding.
const MAX_NAMED: usize = 20;

/// Programs that fetch what an address names.
const DOWNLOADERS: [&str; 4] = ["aria2c", "curl", "fetch", "wget"];

/// Programs that run what they read, apart from shells.
const INTERPRETERS: [&str; 6] = ["node", "perl", "php", "python", "python3", "ruby"];

/// Names of files that `ADD` unpacks.
const ARCHIVES: [&str; 12] = [
    ".tar",
    ".tar.gz",
    ".tgz",
    ".tar.xz",
    ".txz",
    ".tar.bz2",
    ".tbz2",
    ".tbz",
    ".tar.zst",
    ".tzst",
    ".tar.lzma",
    ".gz",
];

/// Instructions that should not be there; any of what is given is enough.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Instructions {
    /// Instructions other than `RUN`.
    #[serde(default)]
    text: Option<TextRule>,
    /// Commands of `RUN`.
    #[serde(default)]
    commands: Vec<CommandRule>,
    /// What commands and operands cannot tell.
    #[serde(default)]
    pattern: Option<Shape>,
    /// Commands that make it right when the same step runs them.
    #[serde(default)]
    unless: Vec<CommandRule>,
}

/// An instruction by its keyword and text.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TextRule {
    keyword: String,
    matches: Expression,
}

/// A command; all that is given must hold.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct CommandRule {
    /// It is one of these programs; any, when there are none.
    programs: Vec<String>,
    /// One of its first two operands is one of these.
    operands: Vec<String>,
    /// It has one of these options.
    options: Vec<String>,
    /// It has none of these options.
    without: Vec<String>,
    /// One of its arguments looks like this.
    argument: Option<Expression>,
    /// None of its arguments looks like this.
    no_argument: Option<Expression>,
    /// What is assigned in front of it, or exported by it, looks like this.
    assigns: Option<Expression>,
    /// It writes to a file like this.
    writes: Option<Expression>,
    /// One of these runs it.
    wrappers: Vec<String>,
    /// It reads a text that the script itself holds.
    fed: bool,
}

/// What commands and operands cannot tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Shape {
    /// A download goes into a shell or another interpreter.
    DownloadIntoShell,
    /// `ADD` of local files that it does not unpack.
    AddLocal,
    /// `ADD` of an address without a digest.
    AddRemote,
    /// A step that does nothing but change its directory.
    ChangeDirectory,
}

impl Judge for Instructions {
    fn interest(&self) -> Interest<'_> {
        Interest::default()
    }

    fn judge(&self, evidence: &Evidence<'_>) -> Answer {
        if evidence.is_directory || evidence.history.is_empty() {
            return Answer::not_applicable();
        }
        let instructions = instruction::read(evidence.history);
        let cut =
            instructions.iter().filter(|instruction| instruction.is_cut).take(MAX_NAMED).map(|instruction| {
                let place = format!("history step {}", instruction.step + 1);
                Gap::new(
                    "instruction",
                    place,
                    "it is too long, or its scripts lie too deep, to be read whole",
                )
            });
        let gaps: Vec<Gap> = cut.collect();
        let told: Vec<(&Instruction, String)> = instructions
            .iter()
            .filter_map(|instruction| Some((instruction, self.fault(instruction)?)))
            .collect();
        let Some((first, _)) = told.first() else {
            return match gaps.first() {
                Some(gap) => Answer { gaps: gaps.clone(), ..Answer::unknown(gap.clone()) },
                None => Answer::pass(),
            };
        };
        let steps = told.iter().take(MAX_NAMED);
        let (en, zh): (Vec<_>, Vec<_>) = steps
            .map(|(instruction, what)| {
                let (step, keyword) = (instruction.step + 1, instruction.keyword);
                (format!("step {step}, {keyword}: {what}"), format!("第 {step} 步 {keyword}：{what}"))
            })
            .unzip();
        let layer = first.layer;
        Answer { layer, gaps, ..Answer::fail(Text::new(en.join("; "), zh.join("；"))) }
    }
}

impl Instructions {
    /// What is wrong with an instruction, in words that hold no value of it.
    fn fault(&self, instruction: &Instruction) -> Option<String> {
        if let Some(rule) = &self.text
            && rule.keyword == instruction.keyword
            && rule.matches.0.is_match(&instruction.text)
        {
            return Some(rule.keyword.clone());
        }
        let mut fault = None;
        let mut is_right = false;
        each(&instruction.commands, &mut |command, is_fed| {
            if fault.is_none() && self.commands.iter().any(|rule| rule.holds(command, is_fed)) {
                fault = Some(told(command));
            }
            is_right |= self.unless.iter().any(|rule| rule.holds(command, is_fed));
        });
        fault.filter(|_| !is_right).or_else(|| self.pattern?.fault(instruction))
    }
}

/// A command without its arguments, but for a plain word such as `update`.
fn told(command: &Command) -> String {
    let plain =
        |word: &&str| word.len() <= 20 && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    let takes_word = ["apt", "apt-get", "apk", "yum", "dnf", "microdnf", "zypper", "pip", "npm", "git"];
    let program: String =
        command.program().chars().filter(|character| !character.is_control()).take(40).collect();
    let operand = command.operands().next().filter(plain).filter(|_| takes_word.contains(&program.as_str()));
    let words = command.wrappers.iter().map(String::as_str).chain([program.as_str()]).chain(operand);
    words.collect::<Vec<_>>().join(" ")
}

/// Calls for each command, those within others too, and whether it reads what the script holds.
fn each(commands: &[Command], call: &mut impl FnMut(&Command, bool)) {
    let mut told_in = None;
    for command in commands {
        let is_fed = command.input.is_some() || told_in == Some(command.pipeline);
        if matches!(command.program(), "echo" | "printf") {
            told_in = Some(command.pipeline);
        }
        call(command, is_fed);
        for word in command.assignments.iter().chain(&command.words) {
            each(&word.substituted, call);
        }
        each(&command.script, call);
    }
}

impl CommandRule {
    fn holds(&self, command: &Command, is_fed: bool) -> bool {
        let named = |names: &[String], name: &str| names.iter().any(|one| one == name);
        let has = |options: &[String]| options.iter().any(|option| command.has_option(option));
        (self.programs.is_empty() || named(&self.programs, command.program()))
            && (self.operands.is_empty()
                || command.operands().take(2).any(|word| named(&self.operands, word)))
            && (self.options.is_empty() || has(&self.options))
            && !has(&self.without)
            && any(self.argument.as_ref(), command.arguments())
            && self.no_argument.as_ref().is_none_or(|no| !command.arguments().any(|word| no.0.is_match(word)))
            && any(self.assigns.as_ref(), assigned(command))
            && any(self.writes.as_ref(), command.writes.iter().map(String::as_str))
            && (self.wrappers.is_empty() || command.wrappers.iter().any(|name| named(&self.wrappers, name)))
            && (!self.fed || is_fed)
    }
}

/// Whether one of the words looks like what is asked for, if anything is.
fn any<'a>(expression: Option<&Expression>, mut words: impl Iterator<Item = &'a str>) -> bool {
    expression.is_none_or(|expression| words.any(|word| expression.0.is_match(word)))
}

/// What a command assigns, by itself or with `export`.
fn assigned(command: &Command) -> impl Iterator<Item = &str> {
    let own = command.assignments.iter().map(|word| word.text.as_str());
    own.chain(command.arguments().filter(|_| command.program() == "export"))
}

impl Shape {
    fn fault(self, instruction: &Instruction) -> Option<String> {
        match self {
            Self::DownloadIntoShell => download_into_shell(&instruction.commands),
            Self::AddLocal | Self::AddRemote => self.added(instruction),
            Self::ChangeDirectory => {
                let only = |command: &Command| command.program() == "cd";
                let is_all = !instruction.commands.is_empty() && instruction.commands.iter().all(only);
                is_all.then(|| "cd".to_owned())
            }
        }
    }

    fn added(self, instruction: &Instruction) -> Option<String> {
        if instruction.keyword != "ADD" {
            return None;
        }
        let transfer = instruction.transfer()?;
        let wrong = transfer.sources.iter().find(|source| {
            let is_remote = source.contains("://") || source.starts_with("git@");
            match self {
                Self::AddRemote => {
                    is_remote && !transfer.flags.iter().any(|flag| flag.starts_with("--checksum="))
                }
                // The first layer of a base image is the file system itself.
                _ => !is_remote && instruction.layer != Some(0) && !may_unpack(source, &transfer.destination),
            }
        })?;
        let kind = wrong.split_once(':').map_or("file", |(kind, _)| kind);
        Some(kind.chars().filter(char::is_ascii_alphanumeric).take(10).collect())
    }
}

/// Whether `ADD` may unpack a source; the classic builder tells no names, so that the destination has to do.
fn may_unpack(source: &str, destination: &str) -> bool {
    let is_archive = |name: &str| ARCHIVES.iter().any(|end| name.ends_with(end));
    if source.starts_with("dir:") || source.starts_with("multi:") {
        return false;
    }
    if source.starts_with("file:") {
        let name = destination.rsplit('/').next().unwrap_or_default();
        return !name.contains('.') || is_archive(name);
    }
    is_archive(source) || source.contains('*') || source.contains('$')
}

fn is_downloader(command: &Command) -> bool {
    DOWNLOADERS.contains(&command.program())
}

/// Whether a command runs what it reads.
fn runs_input(command: &Command) -> bool {
    let (program, has_script) =
        (command.program(), |options: &[&str]| options.iter().any(|option| command.has_option(option)));
    let reads = command.operands().next().is_none();
    if SHELLS.contains(&program) {
        return !has_script(&["-c"]) && (reads || command.has_option("-s"));
    }
    INTERPRETERS.contains(&program) && reads && !has_script(&["-c", "-e", "-m", "-p", "-r", "-n"])
}

/// Whether a download is run: through a pipe, a substitution or `eval`.
fn download_into_shell(commands: &[Command]) -> Option<String> {
    let mut download: Option<&Command> = None;
    for command in commands {
        let source = download.filter(|source| source.pipeline == command.pipeline);
        if let Some(source) = source.filter(|_| runs_input(command)) {
            return Some(format!("{} | {}", source.program(), command.program()));
        }
        if is_downloader(command) {
            download = Some(command);
        }
        let program = command.program();
        let is_shell = SHELLS.contains(&program) || matches!(program, "." | "source" | "eval");
        let is_piped = command
            .words
            .iter()
            .skip(1)
            .any(|word| word.text.starts_with("<(") && word.substituted.iter().any(is_downloader));
        let is_script = command
            .script
            .iter()
            .any(|inner| inner.words.first().is_some_and(|word| word.substituted.iter().any(is_downloader)));
        if is_shell && (is_piped || is_script) {
            return Some(program.to_owned());
        }
        let words = command.assignments.iter().chain(&command.words);
        let inner = words.map(|word| &word.substituted).chain([&command.script]);
        if let Some(found) = inner.filter_map(|commands| download_into_shell(commands)).next() {
            return Some(found);
        }
    }
    None
}
