mod local;
mod registry;
mod serve;

use std::path::PathBuf;

use anstyle::{AnsiColor, Color, Style};
use clap::builder::Styles;
use clap::{Args, CommandFactory, Parser, Subcommand};
use clap_complete::Shell;
use image::platform::Choice;
use model::{Language, Severity};
use scan::{Check, Declared};

use crate::Outcome;
pub(crate) use local::{LocalArguments, LocalCommand, LocalScope};
pub(crate) use registry::{
    ApiVersion, ConnectionArguments, ListFormat, ListOutput, NetworkArguments, RegistryCommand,
    RegistryCommandArguments,
};
pub(crate) use serve::{LogFormat, ServeArguments};

/// How the word `error` is shown.
pub(crate) const ERROR: Style = Style::new().bold().fg_color(Some(Color::Ansi(AnsiColor::Red)));
/// How the word `warning` is shown.
pub(crate) const WARNING: Style = Style::new().bold().fg_color(Some(Color::Ansi(AnsiColor::Yellow)));

/// Inspects container images: what is in them, and what is wrong with it.
#[derive(Debug, Parser)]
#[command(name = "lazaret", version, styles = Styles::styled(), max_term_width = 100)]
#[command(after_help = "Exit: 0 done, 1 error, 2 --fail-on was met, 3 done with gaps under --strict.")]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Scan images: what is in them, and what is wrong with it
    Scan(Box<ScanArguments>),
    /// Tell why an image has a finding, or has it not
    Explain(Box<ExplainArguments>),
    /// Keep the list of approved base images: add, remove, list
    Base(Box<BaseArguments>),
    /// Show what the container engines of this machine have: engines, images, containers, events
    Local(LocalArguments),
    /// Test the connection to a registry, and list its images
    Registry(Box<RegistryCommandArguments>),
    /// Run the server: an inventory of images that is kept true, over HTTP
    Serve(Box<ServeArguments>),
    /// Keep the advisory database: update, import, export, status
    Db(DbArguments),
    /// Compare versions as their ecosystem orders them
    Versions(VersionsArguments),
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
}

/// What an image is read from:
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
IMAGE is one of:
  NAME[:TAG|@DIGEST]      looked up in Docker, containerd, Podman, then in its registry
  docker:NAME             in Docker
  containerd:[NAMESPACE/]NAME
                          in containerd; without a namespace in k8s.io, default, moby, others
  podman:NAME             in the storage of Podman and CRI-O
  registry:NAME           in its registry
  docker-archive:FILE     as `docker save` writes it
  oci-archive:FILE, oci-layout:DIR[:TAG]
  rootfs:DIR              a directory that is a root file system
  FILE or DIR             recognised by its content
  -                       an archive on standard input

Exit: 0 done, 1 error, 2 --fail-on was met, 3 done with gaps under --strict.")]
pub(crate) struct ScanArguments {
    /// The images to scan
    #[arg(required_unless_present = "sbom", value_name = "IMAGE")]
    pub(crate) images: Vec<String>,
    /// Also scan the packages of an SBOM: CycloneDX or SPDX JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) sbom: Vec<PathBuf>,
    /// The checks to make: vulnerabilities, malware, software, files, baseline, secrets, compliance, base-image
    #[arg(long, value_name = "LIST", value_delimiter = ',', default_value = "all", value_parser = checks)]
    pub(crate) checks: Vec<Checks>,
    /// The form of the report: table, json, sarif, cyclonedx, spdx, html, csv, xlsx, junit, github, openvex, template
    #[arg(long, short, value_name = "FORMAT", default_value = "table")]
    pub(crate) format: String,
    /// Where the report goes instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// A further report; may be given several times
    #[arg(long, value_name = "FORMAT=FILE", value_parser = report_file)]
    pub(crate) report: Vec<(String, PathBuf)>,
    /// The template of the format `template`
    #[arg(long, value_name = "FILE")]
    pub(crate) template: Option<PathBuf>,
    /// Packages that only lock files and manifests name: auto (in source trees), always or never
    #[arg(long, value_name = "WHEN", default_value = "auto", value_parser = declared)]
    pub(crate) declared: Declared,
    /// Show only findings of these severities
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub(crate) severity: Vec<Severity>,
    /// Show only vulnerabilities that a published version mends
    #[arg(long)]
    pub(crate) only_fixable: bool,
    /// Leave out what the base image brought
    #[arg(long)]
    pub(crate) exclude_base: bool,
    /// End with exit code 2 when a finding is at least this severe: `high`, or by kind `secrets=low,malware=low`
    #[arg(long, value_name = "SEVERITY|LIST")]
    pub(crate) fail_on: Option<String>,
    /// End with exit code 2 when this gate's rules are broken
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// End with exit code 3 when something could not be read or decided
    #[arg(long)]
    pub(crate) strict: bool,
    /// The platform of a multi-platform image: OS/ARCH[/VARIANT] or all [default: linux on this processor]
    #[arg(long, value_name = "PLATFORM")]
    pub(crate) platform: Option<Choice>,
    /// Decisions about findings [default: .lazaret.toml in the current directory, when it is there]
    #[arg(long, value_name = "FILE")]
    pub(crate) ignore_file: Vec<PathBuf>,
    /// A VEX document: OpenVEX, CSAF or CycloneDX
    #[arg(long, value_name = "FILE")]
    pub(crate) vex: Vec<PathBuf>,
    /// Keep nothing and use nothing of what earlier scans kept
    #[arg(long)]
    pub(crate) no_cache: bool,
    /// Where the facts of layers are kept [default: the user's cache directory]
    #[arg(long, value_name = "DIR", env = "LAZARET_CACHE_DIR")]
    pub(crate) cache_dir: Option<PathBuf>,
    /// How many layers are read at once [default: the number of processors]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) jobs: Option<u16>,
    /// Show no progress and no hints
    #[arg(long, short)]
    pub(crate) quiet: bool,
    /// The language of the report: en or zh [default: by the locale]
    #[arg(long, value_name = "LANGUAGE")]
    pub(crate) lang: Option<Language>,
    #[command(flatten)]
    pub(crate) database: DatabasePath,
    #[command(flatten)]
    pub(crate) rules: RuleArguments,
    #[command(flatten)]
    pub(crate) registry: RegistryArguments,
}

#[derive(Debug, Args)]
#[command(after_help = "\
IMAGE is named and read as by `lazaret scan`, or is a JSON report that it wrote (FILE.json).
The form is `--format table` (words) or `--format json`.")]
pub(crate) struct ExplainArguments {
    /// The finding: CVE-2021-44228, GHSA-…, a rule or a check
    pub(crate) finding: String,
    #[command(flatten)]
    pub(crate) scan: ScanArguments,
}

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Rules")]
pub(crate) struct RuleArguments {
    /// Rules and checks that are not used, by their ids
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub(crate) without: Vec<String>,
    /// Further rules for secrets: a gitleaks TOML file
    #[arg(long, value_name = "FILE")]
    pub(crate) secret_rules: Vec<PathBuf>,
    /// Paths that are not looked through for secrets: globs such as `/srv/data/*`
    #[arg(long, value_name = "GLOB")]
    pub(crate) exclude_secrets: Vec<String>,
    /// Look for secrets where they are not looked for by default: ids of default exclusions, or `all`
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub(crate) without_exclusions: Vec<String>,
    /// Further rules for malware: YARA files or directories of them
    #[arg(long, value_name = "PATH")]
    pub(crate) malware_rules: Vec<PathBuf>,
    /// Hashes of bad files: SHA-256 or MD5, one a line, or ClamAV's .hdb and .hsb
    #[arg(long, value_name = "FILE")]
    pub(crate) malware_hashes: Vec<PathBuf>,
    /// Files known to be harmless: hashes or path globs, one a line
    #[arg(long, value_name = "FILE")]
    pub(crate) malware_allow: Vec<PathBuf>,
    /// Also ask a running clamd: its socket, or HOST:PORT
    #[arg(long, value_name = "ADDRESS", env = "LAZARET_CLAMD")]
    pub(crate) clamd: Option<String>,
    /// Further checks of settings: TOML files or directories of them
    #[arg(long, value_name = "PATH")]
    pub(crate) baseline_rules: Vec<PathBuf>,
    /// Further passwords that are weak, one a line
    #[arg(long, value_name = "FILE")]
    pub(crate) weak_passwords: Vec<PathBuf>,
    /// Further rules of compliance: TOML files
    #[arg(long, value_name = "FILE")]
    pub(crate) compliance_rules: Vec<PathBuf>,
    /// The key of the hashes that stand for secrets, 64 hexadecimal digits [default: made once, in the data directory]
    #[arg(long, value_name = "FILE", env = "LAZARET_KEY_FILE")]
    pub(crate) key_file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) bases: BasesPath,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct BasesPath {
    /// The list of approved base images [default: in the user's data directory]
    #[arg(long, value_name = "FILE", env = "LAZARET_BASES")]
    pub(crate) bases: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct BaseArguments {
    #[command(subcommand)]
    pub(crate) command: BaseCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum BaseCommand {
    /// Approve an image as a base image
    Add {
        /// The image, named as for `scan`
        image: String,
        /// The name it is shown by [default: as given]
        #[arg(long)]
        name: Option<String>,
        /// The platform of a multi-platform image: OS/ARCH[/VARIANT] or all
        #[arg(long, value_name = "PLATFORM")]
        platform: Option<Choice>,
        #[command(flatten)]
        bases: BasesPath,
        #[command(flatten)]
        registry: Box<RegistryArguments>,
    },
    /// Take a base image off the list
    Remove {
        /// Its name
        name: String,
        #[command(flatten)]
        bases: BasesPath,
    },
    /// Show the approved base images
    List {
        #[command(flatten)]
        bases: BasesPath,
    },
}

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Registry")]
pub(crate) struct RegistryArguments {
    #[command(flatten)]
    pub(crate) sign_in: SignInArguments,
    /// Pull at most so many images an hour from a registry
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) images_per_hour: Option<u32>,
    #[command(flatten)]
    pub(crate) network: NetworkArguments,
}

/// As whom a registry is asked.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Registry")]
pub(crate) struct SignInArguments {
    /// The user; without it the files of `docker login` and `podman login` are asked
    #[arg(long, env = "LAZARET_USERNAME", value_name = "NAME")]
    pub(crate) username: Option<String>,
    /// Read the password from standard input
    #[arg(long, conflicts_with = "password")]
    pub(crate) password_stdin: bool,
    /// The password; best given in the environment
    #[arg(long, env = "LAZARET_PASSWORD", value_name = "PASSWORD", hide_env_values = true)]
    pub(crate) password: Option<String>,
    /// Speak plain http
    #[arg(long)]
    pub(crate) plain_http: bool,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct DatabasePath {
    /// The advisory database [default: in the user's data directory]
    #[arg(long, value_name = "DIR", env = "LAZARET_DB")]
    pub(crate) db: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct DbArguments {
    #[command(subcommand)]
    pub(crate) command: DbCommand,
    #[command(flatten)]
    pub(crate) database: DbGlobal,
}

#[derive(Debug, Args)]
pub(crate) struct DbGlobal {
    /// The advisory database [default: in the user's data directory]
    #[arg(long, value_name = "DIR", env = "LAZARET_DB", global = true)]
    pub(crate) db: Option<PathBuf>,
    /// Show no progress
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DbCommand {
    /// Fetch advisories: from the public sources, or from a mirror of them
    Update {
        /// A web address or directory in the layout of the public OSV bucket
        #[arg(long, value_name = "URL|DIR")]
        mirror: Option<String>,
        /// Also trust the certificates in this PEM file
        #[arg(long, value_name = "FILE", env = "LAZARET_CA_FILE")]
        ca_file: Vec<PathBuf>,
        /// Feeds beyond OSV, by their names: also `default`, `all` or `none`; what is known of others is kept
        #[arg(long, value_name = "LIST", value_delimiter = ',', default_value = "default")]
        feeds: Vec<String>,
        /// Take the documents of a feed from elsewhere: a file, a directory or a web address
        #[arg(long, value_name = "FEED=PLACE", value_parser = feed_place)]
        from: Vec<(String, String)>,
        /// Leave OSV's records and the catalogue of exploited vulnerabilities as they are
        #[arg(long)]
        without_osv: bool,
    },
    /// Replace the database by a bundle, if it is signed by somebody who is trusted
    Import {
        /// What `db export` wrote
        file: PathBuf,
        /// A key that is trusted besides this user's own: 64 hexadecimal digits, as `db export` printed them
        #[arg(long, value_name = "KEY", value_delimiter = ',', env = "LAZARET_DB_PUBLIC_KEY")]
        public_key: Vec<String>,
        /// Take a bundle of anybody: what it says decides what is found
        #[arg(long, conflicts_with = "public_key")]
        trust_anybody: bool,
    },
    /// Write the database into one signed file, for machines without a network
    Export {
        /// The file to write
        file: PathBuf,
    },
    /// Show what the database holds and how old it is
    Status,
}

#[derive(Debug, Args)]
pub(crate) struct VersionsArguments {
    #[command(subcommand)]
    pub(crate) command: VersionsCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum VersionsCommand {
    /// Print <, =, > or ? (not a version) for A and B, or for each line `A<tab>B` of standard input
    Compare {
        /// The ecosystem as OSV names it (Debian:12, npm, PyPI, …), or a scheme (dpkg, semver, …)
        #[arg(long, short, value_name = "ECOSYSTEM")]
        ecosystem: String,
        /// The two versions
        #[arg(num_args = 2, value_names = ["A", "B"], allow_hyphen_values = true)]
        versions: Vec<String>,
    },
}

/// One word of `--checks`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Checks {
    /// Every check.
    All,
    /// This one.
    One(Check),
}

fn checks(text: &str) -> Result<Checks, scan::UnknownCheck> {
    if text == "all" { Ok(Checks::All) } else { text.parse().map(Checks::One) }
}

fn declared(text: &str) -> Result<Declared, &'static str> {
    match text {
        "auto" => Ok(Declared::Auto),
        "always" => Ok(Declared::Always),
        "never" => Ok(Declared::Never),
        _ => Err("it should be auto, always or never"),
    }
}

impl ScanArguments {
    /// The checks that are asked for, each once, in the order of reports.
    pub(crate) fn checks(&self) -> Vec<Check> {
        let asked = |check: &Check| {
            self.checks.iter().any(|asked| matches!(asked, Checks::All) || *asked == Checks::One(*check))
        };
        Check::ALL.into_iter().filter(asked).collect()
    }
}

fn feed_place(text: &str) -> Result<(String, String), String> {
    let (feed, place) = text.split_once('=').ok_or("it should be FEED=PLACE, such as nvd=/srv/nvd")?;
    Ok((feed.to_owned(), place.to_owned()))
}

fn report_file(text: &str) -> Result<(String, PathBuf), String> {
    let (format, file) = text.split_once('=').ok_or("it should be FORMAT=FILE, such as json=report.json")?;
    Ok((format.to_owned(), file.into()))
}

/// Prints the completions of a shell.
pub(crate) fn completions(shell: Shell) -> anyhow::Result<Outcome> {
    clap_complete::generate(shell, &mut Cli::command(), "lazaret", &mut std::io::stdout());
    Ok(Outcome::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_valid() {
        Cli::command().debug_assert();
    }
}
