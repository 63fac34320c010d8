use std::net::IpAddr;

use reqwest::Url;

/// What decides whether a credential may go along: scheme, host and port.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    scheme: String,
    host: String,
    port: Option<u16>,
}

impl Origin {
    /// The origin of an address; nothing when it has no host or is neither `http` nor `https`.
    #[must_use]
    pub fn of(url: &str) -> Option<Self> {
        Self::of_url(&Url::parse(url).ok()?)
    }

    pub(crate) fn of_url(url: &Url) -> Option<Self> {
        if !matches!(url.scheme(), "http" | "https") {
            return None;
        }
        Some(Self {
            scheme: url.scheme().to_owned(),
            host: url.host_str()?.to_ascii_lowercase(),
            port: url.port_or_known_default(),
        })
    }

    /// The host, an IPv6 address in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether a credential sent there can be read by nobody on the way: `https`, or this machine itself.
    #[must_use]
    pub fn is_private(&self) -> bool {
        self.scheme == "https" || is_loopback(&self.host)
    }
}

/// Whether a host, without its port, is this machine itself: `localhost`, `127.0.0.0/8`, `::1`.
///
/// Nothing is resolved: a name that merely points here does not count.
#[must_use]
pub fn is_loopback(host: &str) -> bool {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    bare.eq_ignore_ascii_case("localhost")
        || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Writes a text so that it can stand as one part of a path or query: all but letters, digits and `-._~` as `%XX`.
#[must_use]
pub fn encode_component(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a `String` cannot fail.
            write!(out, "%{byte:02X}").unwrap_or_default();
        }
        out
    })
}

/// An address as it may be shown: without user, password, query and fragment, which may be secret.
pub(crate) fn shown(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{host}{port}{}", url.scheme(), url.path())
}

/// The host and port of an address, for messages.
pub(crate) fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_this_machine_by_its_own_names_only() {
        for host in ["localhost", "LocalHost", "127.0.0.1", "127.9.9.9", "::1", "[::1]"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["localhost.example", "128.0.0.1", "10.0.0.1", "::2", "127.0.0.1.example", ""] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn origins_differ_by_scheme_host_and_port() {
        let origin = |url| Origin::of(url).unwrap();
        assert_eq!(origin("https://A.example/x"), origin("https://a.example:443/y?z"));
        assert_ne!(origin("https://a.example"), origin("http://a.example"));
        assert_ne!(origin("https://a.example"), origin("https://a.example:444"));
        assert_ne!(origin("https://a.example"), origin("https://b.a.example"));
        assert!(Origin::of("file:///etc/passwd").is_none());
        assert!(origin("http://127.0.0.1:5000").is_private() && !origin("http://a.example").is_private());
    }

    #[test]
    fn shows_no_secret_of_an_address() {
        let url = Url::parse("https://user:word@a.example:8443/p?X-Amz-Signature=1#f").unwrap();
        assert_eq!(shown(&url), "https://a.example:8443/p");
    }

    #[test]
    fn encodes_what_is_not_plain() {
        assert_eq!(encode_component("a/b:c d%é"), "a%2Fb%3Ac%20d%25%C3%A9");
    }
}
