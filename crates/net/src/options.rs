use std::path::PathBuf;
use std::time::Duration;

/// How the network is reached.
#[derive(Clone, Debug)]
pub struct Options {
    /// PEM files of certificate authorities that are trusted besides the system's.
    pub ca_files: Vec<PathBuf>,
    /// Trusts any certificate, for any host.
    pub accept_invalid_certificates: bool,
    /// A PEM file with the certificate and the private key that this client shows to servers that ask for one.
    pub client_certificate: Option<PathBuf>,
    /// The proxy that all requests go through, `http://HOST:PORT`, instead of the one that the environment names.
    pub proxy: Option<String>,
    /// Sends every request over this socket, whatever host its address names.
    pub unix_socket: Option<PathBuf>,
    /// Goes past the proxy that the environment names.
    pub bypass_proxy: bool,
    /// How long making a connection may take.
    pub connect_timeout: Duration,
    /// How long a server may be silent: until its answer begins, and between two parts of a body.
    pub read_timeout: Duration,
    /// How often a failed `GET` or `HEAD` is repeated.
    pub retries: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            ca_files: Vec::new(),
            accept_invalid_certificates: false,
            client_certificate: None,
            proxy: None,
            unix_socket: None,
            bypass_proxy: false,
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(60),
            retries: 3,
        }
    }
}
