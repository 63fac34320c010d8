use std::error::Error as _;
use std::path::PathBuf;

use reqwest::Url;

use crate::host::{authority, shown};

/// Why something could not be had over the network.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file of certificate authorities could not be used.
    #[error("cannot use certificate authorities of `{}`: {why}", path.display())]
    CaFile {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The certificate that this client should show could not be used.
    #[error("cannot use client certificate `{}`: {why}; it is a PEM file with a certificate and its private key", path.display())]
    ClientCertificate {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The client could not be set up.
    #[error("cannot set up the network client: {why}")]
    Setup {
        /// What is wrong.
        why: String,
    },
    /// The address is not one.
    #[error("cannot use address `{url}`: {why}")]
    Address {
        /// The address, without secrets.
        url: String,
        /// What is wrong with it.
        why: String,
    },
    /// The host's name is unknown.
    #[error("cannot resolve host `{host}`: {why}")]
    Resolve {
        /// The host.
        host: String,
        /// What the system said.
        why: String,
    },
    /// Nothing answers there.
    #[error("cannot connect to `{to}`: {why}")]
    Connect {
        /// Host and port, or the socket's path.
        to: String,
        /// What the system said.
        why: String,
        /// What kind of failure it was, where the system told.
        kind: Option<std::io::ErrorKind>,
    },
    /// The server was silent for too long.
    #[error("`{host}` did not answer in time: nothing came for {seconds} seconds")]
    Timeout {
        /// Host and port.
        host: String,
        /// How long was waited.
        seconds: u64,
    },
    /// The proxy makes no way through before somebody signs in.
    #[error(
        "cannot reach `{to}` through the proxy: it asks for a user and a password, or for others than were given"
    )]
    ProxySignIn {
        /// Host and port behind the proxy.
        to: String,
    },
    /// The server's bytes come too slowly to wait for their end.
    #[error("`{url}` is too slow: {bytes} bytes came in {seconds} seconds")]
    Slow {
        /// The address, without secrets.
        url: String,
        /// How many bytes came lately.
        bytes: u64,
        /// In how long a time.
        seconds: u64,
    },
    /// The certificate of the server is not trusted.
    #[error("cannot trust the certificate of `{host}`: {why}\nhint: {}", trust(why))]
    UntrustedCertificate {
        /// Host and port.
        host: String,
        /// What is wrong with it.
        why: String,
    },
    /// The server speaks TLS and refused this client, or the two do not understand each other.
    #[error("cannot agree on TLS with `{host}`: {why}")]
    TlsRefused {
        /// Host and port.
        host: String,
        /// What was said.
        why: String,
    },
    /// The server does not speak TLS.
    #[error("`{host}` does not speak https: {why}")]
    NotTls {
        /// Host and port.
        host: String,
        /// What came instead.
        why: String,
    },
    /// The server refused.
    #[error("`{url}` answered {status}{}", said(message))]
    Status {
        /// The HTTP status.
        status: u16,
        /// The address, without secrets.
        url: String,
        /// What the server said, shortened and cleaned; often nothing.
        message: String,
    },
    /// A gRPC server refused.
    #[error("{method} was refused with {code}{}", said(message))]
    Refused {
        /// The path of the method.
        method: String,
        /// The name of the status: `NOT_FOUND`.
        code: &'static str,
        /// What the server said, shortened and cleaned; often nothing.
        message: String,
    },
    /// The server pointed somewhere it may not.
    #[error("cannot follow the redirect of `{url}`: {why}")]
    Redirect {
        /// The address that redirected, without secrets.
        url: String,
        /// Why it is not followed.
        why: String,
    },
    /// The transfer broke.
    #[error("the transfer from `{url}` broke: {why}")]
    Broken {
        /// The address, without secrets.
        url: String,
        /// What happened.
        why: String,
    },
    /// The answer is larger than it may be.
    #[error("the answer of `{url}` is larger than {limit} bytes")]
    TooLarge {
        /// The address, without secrets.
        url: String,
        /// The limit.
        limit: u64,
    },
    /// The answer is not what was asked for.
    #[error("cannot understand the answer of `{url}`: {why}")]
    Answer {
        /// The address, without secrets.
        url: String,
        /// What is wrong with it.
        why: String,
    },
}

impl Error {
    /// The HTTP status, when it is a server's refusal.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        if let Self::Status { status, .. } = self { Some(*status) } else { None }
    }

    /// Whether it is a gRPC server's refusal with this status: `NOT_FOUND`.
    #[must_use]
    pub fn is_refusal(&self, name: &str) -> bool {
        matches!(self, Self::Refused { code, .. } if *code == name)
    }

    /// Whether the server's certificate was the reason.
    #[must_use]
    pub fn is_untrusted_certificate(&self) -> bool {
        matches!(self, Self::UntrustedCertificate { .. })
    }

    /// Whether the server does not speak TLS at all.
    #[must_use]
    pub fn is_not_tls(&self) -> bool {
        matches!(self, Self::NotTls { .. })
    }

    /// The error that passed through [`std::io::Read`] from a body; others as they are.
    ///
    /// # Errors
    /// Gives back what came from elsewhere.
    pub fn from_io(error: std::io::Error) -> Result<Self, std::io::Error> {
        error.downcast()
    }

    /// The error as one of reading, for those who read through [`std::io::Read`].
    #[must_use]
    pub fn into_io(self) -> std::io::Error {
        let kind = match &self {
            Self::Timeout { .. } | Self::Slow { .. } => std::io::ErrorKind::TimedOut,
            _ => std::io::ErrorKind::Other,
        };
        std::io::Error::new(kind, self)
    }

    /// Whether asking again may help.
    pub(crate) fn is_passing(&self) -> bool {
        matches!(self, Self::Resolve { .. } | Self::Connect { .. } | Self::Broken { .. })
    }

    /// What a failed request of `reqwest` means.
    pub(crate) fn from_request(error: &reqwest::Error, url: &Url, place: &Place) -> Self {
        let host = place.socket.clone().unwrap_or_else(|| authority(url));
        let chain = chain(error);
        let why = chain.last().map(|cause| clean(cause, SHORT)).unwrap_or_default();
        let has = |text: &str| chain.iter().any(|cause| cause.contains(text));
        if has("invalid peer certificate") {
            return Self::UntrustedCertificate { host, why: certificate(&why) };
        }
        // What rustls says of an answer that is no TLS record, and of a connection closed on its greeting.
        if has("received corrupt message") || has("tls handshake eof") {
            return Self::NotTls { host, why };
        }
        if has("received fatal alert") || has("peer is incompatible") || has("peer misbehaved") {
            return Self::TlsRefused { host, why: alert(&why) };
        }
        if error.is_timeout() {
            let time = if error.is_connect() { place.connect_seconds } else { place.read_seconds };
            return Self::Timeout { host, seconds: time };
        }
        if has("dns error") || has("failed to lookup address") {
            return Self::Resolve { host: url.host_str().unwrap_or_default().to_owned(), why };
        }
        // What is said of a tunnel when its proxy answers 407.
        if has("proxy authorization required") {
            return Self::ProxySignIn { to: host };
        }
        if error.is_connect() {
            return Self::Connect { to: host, why, kind: io_kind(error) };
        }
        Self::Broken { url: shown(url), why }
    }
}

/// Where a client's requests go and how long it waits, for messages.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) socket: Option<String>,
    pub(crate) connect_seconds: u64,
    pub(crate) read_seconds: u64,
}

/// How much of what a server or the system says is shown.
pub(crate) const SHORT: usize = 200;

fn said(message: &str) -> String {
    if message.is_empty() { String::new() } else { format!(": {message}") }
}

fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn std::error::Error + 'static)> {
    std::iter::successors(error.source(), |cause| (*cause).source())
}

fn chain(error: &reqwest::Error) -> Vec<String> {
    causes(error).map(ToString::to_string).collect()
}

fn io_kind(error: &reqwest::Error) -> Option<std::io::ErrorKind> {
    causes(error).find_map(|cause| cause.downcast_ref::<std::io::Error>()).map(std::io::Error::kind)
}

const UNKNOWN_AUTHORITY: &str = "it is signed by an unknown authority";

/// rustls names the reason as its own variant; the frequent ones in words.
fn certificate(why: &str) -> String {
    let reason = why.strip_prefix("invalid peer certificate: ").unwrap_or(why);
    let words = match reason {
        "UnknownIssuer" => UNKNOWN_AUTHORITY,
        "BadSignature" => "its signature is wrong",
        other if other.contains("CaUsedAsEndEntity") => {
            "it is the certificate of an authority itself, and a server may not use one"
        }
        other if other.starts_with("certificate expired") || other == "Expired" => "it has expired",
        other if other.starts_with("certificate not valid yet") || other == "NotValidYet" => {
            "it is not valid yet"
        }
        other if other.starts_with("certificate not valid for name") || other == "NotValidForName" => {
            "it was made for another host name"
        }
        other => other,
    };
    words.to_owned()
}

/// What to do about a certificate that is not trusted.
fn trust(why: &str) -> &'static str {
    if why == UNKNOWN_AUTHORITY {
        "name the authority that signed it with `--ca-file FILE`, or trust any certificate with `--insecure`"
    } else {
        "renew it on the server, or trust any certificate with `--insecure`"
    }
}

/// rustls names an alert as its own variant; the frequent ones in words.
fn alert(why: &str) -> String {
    let words = match why.strip_prefix("received fatal alert: ").unwrap_or(why) {
        "CertificateRequired" => "it asks for a client certificate, and none was given",
        "UnknownCA" | "BadCertificate" | "CertificateUnknown" | "DecryptError" | "AccessDenied" => {
            "it does not accept the client certificate"
        }
        "HandshakeFailure" | "ProtocolVersion" => "it offers no version or cipher that is still safe",
        other => other,
    };
    words.to_owned()
}

/// A text of somebody else, fit for a terminal: one line, at most `limit` characters, no control characters.
pub(crate) fn clean(text: &str, limit: usize) -> String {
    let invisible = |c: &char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let words: String = text.chars().map(|c| if invisible(&c) { ' ' } else { c }).take(limit * 8).collect();
    let mut line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = line.char_indices().nth(limit) {
        line.truncate(end);
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_no_control_characters_and_no_floods() {
        assert_eq!(clean("a\u{1b}[31m b\r\n\tc\u{202e}d", 99), "a [31m b c d");
        assert_eq!(clean(&"x".repeat(5000), 3), "xxx…");
    }

    #[test]
    fn an_untrusted_certificate_says_what_to_do() {
        let why = certificate("invalid peer certificate: UnknownIssuer");
        let error = Error::UntrustedCertificate { host: "a".to_owned(), why };
        assert!(error.to_string().contains("unknown authority\nhint: name the authority"));
        assert!(error.to_string().contains("`--ca-file FILE`"));
    }
}
