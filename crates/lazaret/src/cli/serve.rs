use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
#[command(after_help = "\
Everything is kept in the data directory: the database unless it is PostgreSQL, reports, advisories, the facts of
layers, and the key that secrets are hashed and sealed with. At the first start an administrator is made, whose
password is printed once.")]
pub(crate) struct ServeArguments {
    /// Where it answers
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080", env = "LAZARET_LISTEN")]
    pub(crate) listen: SocketAddr,
    /// The database: sqlite:FILE or postgres://… [default: SQLite in the data directory]
    #[arg(long, value_name = "URL", env = "LAZARET_DATABASE", hide_env_values = true)]
    pub(crate) database: Option<String>,
    /// Where everything is kept [default: `server` in the user's data directory]
    #[arg(long, value_name = "DIR", env = "LAZARET_DATA_DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Where reports, exports and the facts of layers are kept: a directory, or an S3 bucket as s3:// with its name and
    /// the usual variables AWS_… [default: in the data directory]
    #[arg(long, value_name = "DIR|URL", env = "LAZARET_OBJECTS")]
    pub(crate) objects: Option<String>,
    /// How many jobs are done at once; 0 when it should only answer [default: half the processors]
    #[arg(long, value_name = "N", env = "LAZARET_WORKERS", value_parser = clap::value_parser!(u16).range(0..=256))]
    pub(crate) workers: Option<u16>,
    /// The certificate to answer with, PEM; it is read again when it changes
    #[arg(long, value_name = "FILE", env = "LAZARET_TLS_CERTIFICATE", requires = "tls_key")]
    pub(crate) tls_certificate: Option<PathBuf>,
    /// The key of the certificate, PEM
    #[arg(long, value_name = "FILE", env = "LAZARET_TLS_KEY", requires = "tls_certificate")]
    pub(crate) tls_key: Option<PathBuf>,
    /// Proxies that may say for whom they ask: addresses or networks
    #[arg(long, value_name = "LIST", env = "LAZARET_TRUSTED_PROXY", value_delimiter = ',')]
    pub(crate) trusted_proxy: Vec<String>,
    /// The form of the log, on standard error
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text", env = "LAZARET_LOG_FORMAT")]
    pub(crate) log_format: LogFormat,
    /// Leave the container engines of this machine alone
    #[arg(long, env = "LAZARET_NO_ENGINES")]
    pub(crate) no_engines: bool,
    /// The advisory database [default: `db` in the data directory]
    #[arg(long, value_name = "DIR", env = "LAZARET_ADVISORIES")]
    pub(crate) advisories: Option<PathBuf>,
    /// Take advisories from a web address or directory in the layout of the public OSV bucket
    #[arg(long, value_name = "URL|DIR", env = "LAZARET_MIRROR")]
    pub(crate) mirror: Option<String>,
    /// Update advisories only when somebody asks for it
    #[arg(long, env = "LAZARET_NO_UPDATE")]
    pub(crate) no_update: bool,
    /// The largest image archive that may be uploaded, in GiB
    #[arg(long, value_name = "GIB", default_value_t = 32, env = "LAZARET_UPLOAD_LIMIT", value_parser = clap::value_parser!(u64).range(1..=1024))]
    pub(crate) upload_limit: u64,
    /// How long one image may be scanned, in minutes
    #[arg(long, value_name = "MINUTES", default_value_t = 60, env = "LAZARET_SCAN_LIMIT", value_parser = clap::value_parser!(u64).range(1..=1440))]
    pub(crate) scan_limit: u64,
    /// Give an account a new random password, print it, and end
    #[arg(long, value_name = "LOGIN")]
    pub(crate) reset_password: Option<String>,
}

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// Lines for people.
    Text,
    /// A document a line.
    Json,
}
