use std::path::PathBuf;
use std::time::Duration;

/// How the network is reached.
#[derive(Clone)]
pub struct Options {
    /// PEM files of certificate authorities that are trusted besides the system's.
    pub ca_files: Vec<PathBuf>,
    /// Certificate authorities in PEM that are trusted besides.
    pub authorities: Option<String>,
    /// Trusts any certificate, for any host.
    pub accept_invalid_certificates: bool,
    /// A PEM file with the certificate and the private key that this client shows to servers that ask for one.
    pub client_certificate: Option<PathBuf>,
    /// The proxy that all requests go through, `http://[USER:PASSWORD@]HOST:PORT`, instead of the one that the
    /// environment names.
    pub proxy: Option<String>,
    /// Whom `proxy` is not asked for: `registry.example` with all below it, `10.0.0.0/8`, `*`.
    pub no_proxy: Vec<String>,
    /// Sends every request over this socket, whatever host its address names.
    pub unix_socket: Option<PathBuf>,
    /// Goes past the proxy that the environment names.
    pub bypass_proxy: bool,
    /// How long making a connection may take.
    pub connect_timeout: Duration,
    /// How long a server may be silent: until its answer begins, and between two parts of a body.
    pub read_timeout: Duration,
    /// How slow a body may come; a socket's may come as slowly as it likes.
    pub slowest: Option<Speed>,
    /// How often a failed `GET` or `HEAD` is repeated, and any request that was put off with 429.
    pub retries: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            ca_files: Vec::new(),
            authorities: None,
            accept_invalid_certificates: false,
            client_certificate: None,
            proxy: None,
            no_proxy: Vec::new(),
            unix_socket: None,
            bypass_proxy: false,
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(60),
            slowest: Some(Speed { bytes: 60 << 10, within: Duration::from_secs(60) }),
            retries: 3,
        }
    }
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("ca_files", &self.ca_files)
            .field("accept_invalid_certificates", &self.accept_invalid_certificates)
            .field("client_certificate", &self.client_certificate)
            // Its address may hold a password.
            .field("proxy", &self.proxy.as_ref().map(|_| "…"))
            .field("unix_socket", &self.unix_socket)
            .finish_non_exhaustive()
    }
}

/// So many bytes within a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Speed {
    /// How many bytes.
    pub bytes: u64,
    /// In how much time of waiting for them; what the reader does between is not counted.
    pub within: Duration,
}
