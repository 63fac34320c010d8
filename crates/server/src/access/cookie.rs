//! The cookie of a session.

use http::header::COOKIE;
use http::request::Parts;

use super::Client;

/// Its name where TLS is spoken: browsers take it from this very host only, and never in clear.
const SECURE: &str = "__Host-lazaret_session";
/// Its name without TLS.
const PLAIN: &str = "lazaret_session";

fn name(https: bool) -> &'static str {
    if https { SECURE } else { PLAIN }
}

fn https(parts: &Parts) -> bool {
    parts.extensions.get::<Client>().is_some_and(|client| client.https)
}

/// Its value, if the request brings it.
pub(super) fn find(parts: &Parts) -> Option<&str> {
    let name = name(https(parts));
    let pairs = parts.headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    pairs.flat_map(|header| header.split(';')).find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name).then_some(value)
    })
}

/// What sets it: the console's scripts do not see it, and other sites' pages do not send it.
pub(crate) fn set(parts: &Parts, value: &str) -> String {
    let https = https(parts);
    let secure = if https { "; Secure" } else { "" };
    let longest = store::sessions::LONGEST / 1000;
    format!("{}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={longest}{secure}", name(https))
}

/// What takes it away.
pub(crate) fn taken_away(parts: &Parts) -> String {
    let https = https(parts);
    let secure = if https { "; Secure" } else { "" };
    format!("{}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0{secure}", name(https))
}
