//! Where a request came from: whoever connected, or whom a trusted proxy names.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::HeaderMap;

/// Where a request came from, as whoever took it knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Client {
    /// Its address.
    pub(crate) address: IpAddr,
    /// It speaks TLS, with this server or with a trusted proxy.
    pub(crate) https: bool,
    /// It says that somebody else sent it, who is not known.
    pub(crate) forwarded: bool,
}

/// Addresses that begin alike: `10.0.0.0/8`, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

/// A text that names no network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither an address nor a network as `10.0.0.0/8`")]
pub struct UnknownNetwork(String);

impl FromStr for Network {
    type Err = UnknownNetwork;

    fn from_str(text: &str) -> Result<Self, UnknownNetwork> {
        let unknown = || UnknownNetwork(text.to_owned());
        let (address, prefix) =
            text.split_once('/').map_or((text, None), |(left, right)| (left, Some(right)));
        let address: IpAddr = address.parse().map_err(|_error| unknown())?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            None => longest,
            Some(prefix) => prefix.parse().map_err(|_error| unknown())?,
        };
        if prefix > longest {
            return Err(unknown());
        }
        Ok(Self { address, prefix })
    }
}

impl Network {
    /// Whether an address is one of these.
    fn holds(&self, address: IpAddr) -> bool {
        let (left, right, width) = match (self.address, address.to_canonical()) {
            (IpAddr::V4(left), IpAddr::V4(right)) => {
                (u128::from(left.to_bits()), u128::from(right.to_bits()), 32_u32)
            }
            (IpAddr::V6(left), IpAddr::V6(right)) => (left.to_bits(), right.to_bits(), 128),
            _ => return false,
        };
        let rest = width.saturating_sub(u32::from(self.prefix));
        left.checked_shr(rest) == right.checked_shr(rest)
    }
}

/// How requests come in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Way {
    /// This server speaks TLS.
    pub(crate) tls: bool,
    /// Proxies that are believed.
    pub(crate) proxies: Vec<Network>,
}

impl Way {
    fn trusts(&self, address: IpAddr) -> bool {
        self.proxies.iter().any(|network| network.holds(address))
    }

    /// Who sent a request that came from `peer`.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> Client {
        let peer = peer.to_canonical();
        let named: Vec<&str> = headers.get_all("x-forwarded-for").iter().flat_map(addresses).collect();
        if !self.trusts(peer) {
            return Client { address: peer, https: self.tls, forwarded: !named.is_empty() };
        }
        // From the right: what the last trusted one saw is true, what is left of it anybody may have written.
        let mut address = peer;
        for name in named.into_iter().rev() {
            let Ok(found) = name.parse::<IpAddr>() else { break };
            address = found.to_canonical();
            if !self.trusts(address) {
                break;
            }
        }
        let proto = headers.get_all("x-forwarded-proto").iter().next_back();
        let https = proto.map_or(self.tls, |proto| proto.as_bytes().eq_ignore_ascii_case(b"https"));
        Client { address, https, forwarded: false }
    }
}

/// What a header lists.
fn addresses(value: &http::HeaderValue) -> impl Iterator<Item = &str> {
    value.to_str().unwrap_or("?").split(',').map(str::trim)
}

/// Tells all behind it who sent the request.
pub(crate) async fn tell(State(way): State<Arc<Way>>, mut request: Request, next: Next) -> Response {
    if let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>() {
        let client = way.client(peer.ip(), request.headers());
        request.extensions_mut().insert(client);
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn headers(forwarded: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", HeaderValue::from_static(forwarded));
        headers.insert("x-forwarded-proto", HeaderValue::from_static("https"));
        headers
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn believes_only_trusted_proxies() {
        let way = Way { tls: false, proxies: vec!["10.0.0.0/8".parse().unwrap()] };
        let stranger = way.client(ip("192.0.2.7"), &headers("127.0.0.1"));
        assert_eq!(stranger, Client { address: ip("192.0.2.7"), https: false, forwarded: true });
        let proxied = way.client(ip("10.1.1.1"), &headers("127.0.0.1, 198.51.100.4, 10.2.2.2"));
        assert_eq!(proxied, Client { address: ip("198.51.100.4"), https: true, forwarded: false });
        let nonsense = way.client(ip("10.1.1.1"), &headers("127.0.0.1, nonsense"));
        assert_eq!(nonsense.address, ip("10.1.1.1"));
    }

    #[test]
    fn reads_networks() {
        let all: Network = "0.0.0.0/0".parse().unwrap();
        assert!(all.holds(ip("203.0.113.1")) && !all.holds(ip("2001:db8::1")));
        let one: Network = "::1".parse().unwrap();
        assert!(one.holds(ip("::1")) && !one.holds(ip("::2")));
        assert!("10.0.0.0/33".parse::<Network>().is_err() && "ten".parse::<Network>().is_err());
    }
}
