use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::SignInArguments;

#[derive(Debug, Args)]
pub(crate) struct RegistryCommandArguments {
    #[command(subcommand)]
    pub(crate) command: RegistryCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RegistryCommand {
    /// Show the kinds of registries, and what must be said of one
    Kinds {
        #[command(flatten)]
        output: ListOutput,
    },
    /// Test a connection step by step: dns, tls, auth, list, pull
    Test {
        #[command(flatten)]
        connection: ConnectionArguments,
        #[command(flatten)]
        output: ListOutput,
    },
    /// List the images of a registry, as they are met
    List {
        #[command(flatten)]
        connection: ConnectionArguments,
        /// Only what one of these globs names: REPOSITORY or REPOSITORY:TAG; `*` stops at a slash, `**` does not
        #[arg(long, value_name = "GLOB")]
        include: Vec<String>,
        /// Not what one of these globs names
        #[arg(long, value_name = "GLOB")]
        exclude: Vec<String>,
        /// Also projects that are caches of other registries
        #[arg(long)]
        proxy_caches: bool,
        /// Only images pushed since then, where the registry can tell: RFC 3339, or a day YYYY-MM-DD
        #[arg(long, value_name = "TIME", value_parser = time)]
        since: Option<String>,
        /// Also show the images of each index, by platform
        #[arg(long)]
        platforms: bool,
        #[command(flatten)]
        output: ListOutput,
    },
}

/// How a list is shown.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct ListOutput {
    /// The form: words for people, or one JSON document a line
    #[arg(long, value_enum, default_value_t = ListFormat::Table)]
    pub(crate) format: ListFormat,
    /// The language: en or zh [default: by the locale]
    #[arg(long, value_name = "LANGUAGE")]
    pub(crate) lang: Option<model::Language>,
}

/// The form of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    /// Words for people.
    Table,
    /// One JSON document a line.
    Json,
}

/// Which registry, and as whom.
#[derive(Clone, Debug, Args)]
pub(crate) struct ConnectionArguments {
    /// The kind of registry, as `lazaret registry kinds` lists them
    pub(crate) kind: String,
    /// `HOST[:PORT]` or a whole address; clouds know it by the region
    pub(crate) address: Option<String>,
    /// The cloud's region
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// The cloud's instance of the registry, or its account
    #[arg(long, value_name = "ID")]
    pub(crate) instance: Option<String>,
    /// The organisation, project, group or namespace that is listed
    #[arg(long, value_name = "NAME")]
    pub(crate) namespace: Option<String>,
    /// The role that is taken on
    #[arg(long, value_name = "ROLE")]
    pub(crate) role: Option<String>,
    /// Given along when the role is taken on
    #[arg(long, value_name = "ID", requires = "role")]
    pub(crate) external_id: Option<String>,
    /// The token that temporary access keys come with; best given in the environment
    #[arg(long, value_name = "TOKEN", env = "LAZARET_SESSION_TOKEN", hide_env_values = true)]
    pub(crate) session_token: Option<String>,
    /// The generation of the registry's interface
    #[arg(long, value_enum, default_value_t = ApiVersion::Auto)]
    pub(crate) api_version: ApiVersion,
    /// Where the cloud's or the registry's own interface is, when it is not at its usual address
    #[arg(long, value_name = "URL")]
    pub(crate) api_address: Option<String>,
    #[command(flatten)]
    pub(crate) sign_in: SignInArguments,
    #[command(flatten)]
    pub(crate) network: NetworkArguments,
}

/// The generation of a registry's interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ApiVersion {
    /// Found out by asking.
    Auto,
    /// The first.
    V1,
    /// The second.
    V2,
}

/// The network that leads to registries.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Network")]
pub(crate) struct NetworkArguments {
    /// Also trust the certificates in this PEM file
    #[arg(long, value_name = "FILE", env = "LAZARET_CA_FILE")]
    pub(crate) ca_file: Vec<PathBuf>,
    /// Accept any certificate: whoever is on the way can change what is read
    #[arg(long)]
    pub(crate) insecure: bool,
    /// Show this certificate to servers that ask for one: a PEM file that also holds its private key
    #[arg(long, value_name = "FILE", env = "LAZARET_CLIENT_CERTIFICATE")]
    pub(crate) client_certificate: Option<PathBuf>,
    /// Go through this proxy instead of the one that the environment names
    #[arg(long, value_name = "URL", env = "LAZARET_PROXY", hide_env_values = true)]
    pub(crate) proxy: Option<String>,
    /// Hosts that this proxy is not asked for: registry.example with all below it, 10.0.0.0/8
    #[arg(long, value_name = "LIST", value_delimiter = ',', requires = "proxy")]
    pub(crate) no_proxy: Vec<String>,
}

impl NetworkArguments {
    /// How the network is reached.
    pub(crate) fn options(&self) -> net::Options {
        net::Options {
            ca_files: self.ca_file.clone(),
            accept_invalid_certificates: self.insecure,
            client_certificate: self.client_certificate.clone(),
            proxy: self.proxy.clone(),
            no_proxy: self.no_proxy.clone(),
            ..net::Options::default()
        }
    }
}

/// A time as RFC 3339; a day stands for its first second.
fn time(text: &str) -> Result<String, &'static str> {
    let shape = |text: &str, of: &str| {
        text.len() == of.len()
            && text
                .bytes()
                .zip(of.bytes())
                .all(|(own, of)| if of == b'0' { own.is_ascii_digit() } else { own == of })
    };
    if shape(text, "0000-00-00") {
        return Ok(format!("{text}T00:00:00Z"));
    }
    if shape(text, "0000-00-00T00:00:00Z") {
        return Ok(text.to_owned());
    }
    Err("it should be a day, 2026-01-31, or a time in UTC, 2026-01-31T08:00:00Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_its_first_second() {
        assert_eq!(time("2026-01-31").unwrap(), "2026-01-31T00:00:00Z");
        assert_eq!(time("2026-01-31T08:00:00Z").unwrap(), "2026-01-31T08:00:00Z");
        for bad in ["", "yesterday", "2026-1-31", "2026-01-31 08:00:00"] {
            assert!(time(bad).is_err(), "{bad}");
        }
    }
}
