//! The console: its files, and its page at every address that a person opens.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use console::File;
use http::header::{
    ACCEPT, ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};

/// Addresses that are never the console's.
const OTHERS: [&str; 2] = ["/api/", "/harbor/"];
/// What has a hash in its name stays as it is.
const LASTING: &str = "public, max-age=31536000, immutable";
/// All else is asked for again, and mostly has not changed.
const AGAIN: &str = "no-cache";

/// What the console has at an address; nothing where it has no part in it.
pub(crate) fn answer(method: &Method, uri: &Uri, headers: &HeaderMap) -> Option<Response> {
    let path = uri.path();
    if !matches!(*method, Method::GET | Method::HEAD) || OTHERS.iter().any(|start| path.starts_with(start)) {
        return None;
    }
    let named = console::file(path.strip_prefix('/')?);
    let file = match named {
        Some(file) => file,
        None if is_opened(path, headers) => console::page()?,
        None => return None,
    };
    Some(send(file, headers))
}

/// Whether a person opens an address of the console, rather than a program asking for a file that is not there.
fn is_opened(path: &str, headers: &HeaderMap) -> bool {
    let wants_page = headers.get(ACCEPT).and_then(|accepted| accepted.to_str().ok());
    !path.starts_with("/assets/") && wants_page.is_some_and(|accepted| accepted.contains("text/html"))
}

fn send(file: &'static File, headers: &HeaderMap) -> Response {
    let says = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let keep = if file.is_lasting() { LASTING } else { AGAIN };
    let mut answer = HeaderMap::new();
    answer.insert(ETAG, HeaderValue::from_static(file.tag));
    answer.insert(CACHE_CONTROL, HeaderValue::from_static(keep));
    answer.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if says(IF_NONE_MATCH).split(',').any(|known| known.trim().trim_start_matches("W/") == file.tag) {
        return (StatusCode::NOT_MODIFIED, answer).into_response();
    }
    answer.insert(CONTENT_TYPE, HeaderValue::from_static(file.media));
    if says(ACCEPT_ENCODING).split([',', ';']).any(|coding| coding.trim() == "gzip") {
        answer.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        return (answer, Body::from(file.packed)).into_response();
    }
    (answer, Body::from(file.plain)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(path: &str, said: &[(HeaderName, &str)]) -> Option<Response> {
        let headers =
            said.iter().map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap())).collect();
        answer(&Method::GET, &path.parse().unwrap(), &headers)
    }

    #[test]
    fn people_get_the_page_at_every_address_and_programs_do_not() {
        let person = [(ACCEPT, "text/html,application/xhtml+xml")];
        for path in ["/", "/images/local?status=failed", "/risks/vulnerabilities/CVE-2021-44228"] {
            let page = ask(path, &person).unwrap();
            assert_eq!(page.headers()[CONTENT_TYPE], "text/html; charset=utf-8", "{path}");
            assert_eq!(page.headers()[CACHE_CONTROL], AGAIN);
        }
        assert!(ask("/index.html", &[]).is_some());
        for path in ["/api/v1/nothing", "/harbor/nothing", "/assets/gone.js"] {
            assert!(ask(path, &person).is_none(), "{path}");
        }
        assert!(ask("/images/local", &[(ACCEPT, "application/json")]).is_none());
        assert!(answer(&Method::POST, &"/".parse().unwrap(), &HeaderMap::new()).is_none());
    }

    #[test]
    fn what_is_known_is_not_sent_again_and_what_is_sent_is_packed() {
        let page = ask("/index.html", &[(ACCEPT_ENCODING, "br, gzip;q=0.8")]).unwrap();
        assert_eq!(page.headers()[CONTENT_ENCODING], "gzip");
        let tag = page.headers()[ETAG].to_str().unwrap().to_owned();
        let again = ask("/index.html", &[(IF_NONE_MATCH, &format!("W/{tag}, \"other\""))]).unwrap();
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        assert!(ask("/index.html", &[]).unwrap().headers().get(CONTENT_ENCODING).is_none());
    }
}
