//! Addresses: paths of an image as relative references, links that may be followed, and the package URL of an image.

use std::fmt::Write;

use model::ImageSummary;

/// A path of an image as a relative reference of RFC 3986, which can lead nowhere else.
pub(crate) fn of_path(path: &str) -> String {
    let kept: Vec<&str> = path.split('/').filter(|part| !matches!(*part, "" | "." | "..")).collect();
    encode(&kept.join("/"), |byte| matches!(byte, b'/' | b'+' | b'@' | b'=' | b','))
}

/// A link, when it leads to the web; what cannot stand in an address is encoded.
pub(crate) fn of_link(link: &str) -> Option<String> {
    let rest = link.strip_prefix("https://").or_else(|| link.strip_prefix("http://"))?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (host, port) = authority.split_once(':').unwrap_or((authority, ""));
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    let port_plain = port.len() <= 5 && port.bytes().all(|byte| byte.is_ascii_digit());
    if host.is_empty() || !host.bytes().all(plain) || !port_plain {
        return None;
    }
    let (address, fragment) =
        link.split_once('#').map_or((link, None), |(address, fragment)| (address, Some(fragment)));
    let mut encoded = encode_rest(address);
    if let Some(fragment) = fragment {
        encoded.push('#');
        encoded.push_str(&encode_rest(fragment));
    }
    Some(encoded)
}

/// Encodes what cannot stand in an address, and leaves what is encoded already.
fn encode_rest(text: &str) -> String {
    let part = |text: &str| encode(text, |byte| b":/?@!$&*+,;=".contains(&byte));
    let mut parts = text.split('%');
    let mut encoded = part(parts.next().unwrap_or_default());
    for rest in parts {
        let digits = rest.bytes().take(2).filter(u8::is_ascii_hexdigit).count();
        encoded.push_str(if digits == 2 { "%" } else { "%25" });
        encoded.push_str(&part(rest));
    }
    encoded
}

/// The package URL of an image whose digest is known, when its name is that of a repository.
pub(crate) fn of_image(image: &ImageSummary) -> Option<String> {
    let digest = image.digest.as_deref()?;
    let name = image.name.split('@').next().unwrap_or_default();
    let (repository, tag) = match name.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => (repository, Some(tag)),
        _ => (name, None),
    };
    let plain = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'_' | b'/' | b':')
    };
    let last = repository.rsplit('/').next().filter(|last| !last.is_empty())?;
    if !repository.bytes().all(plain) || last.contains(':') {
        return None;
    }
    let mut purl = format!("pkg:oci/{last}@{}", encode(digest, |_| false));
    let mut qualifiers = Vec::new();
    let architecture = image.platform.as_deref().and_then(|platform| platform.split('/').nth(1));
    if let Some(architecture) = architecture {
        qualifiers.push(format!("arch={}", encode(architecture, |_| false)));
    }
    if repository.contains('/') {
        qualifiers.push(format!("repository_url={}", encode(repository, |byte| byte == b'/')));
    }
    if let Some(tag) = tag.filter(|tag| !tag.is_empty()) {
        qualifiers.push(format!("tag={}", encode(tag, |_| false)));
    }
    if !qualifiers.is_empty() {
        purl.push('?');
        purl.push_str(&qualifiers.join("&"));
    }
    Some(purl)
}

/// Percent-encodes all bytes but unreserved ones and those of `also`.
pub(crate) fn encode(text: &str, also: impl Fn(u8) -> bool) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        let kept = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') || also(byte);
        if kept {
            encoded.push(char::from(byte));
        } else {
            // Writing to a `String` cannot fail.
            write!(encoded, "%{byte:02X}").unwrap_or_default();
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_nowhere_else() {
        assert_eq!(of_path("/../etc//./100% 测?#x"), "etc/100%25%20%E6%B5%8B%3F%23x");
        assert_eq!(of_path("javascript:alert(1)"), "javascript%3Aalert%281%29");
        assert_eq!(of_path("a\\..\\b"), "a%5C..%5Cb");
    }

    #[test]
    fn only_links_to_the_web_are_links() {
        assert_eq!(
            of_link("https://example.org/a?b=%20c#d").as_deref(),
            Some("https://example.org/a?b=%20c#d")
        );
        assert_eq!(
            of_link("https://example.org/\"><x>\u{202e}").as_deref(),
            Some("https://example.org/%22%3E%3Cx%3E%E2%80%AE")
        );
        assert_eq!(of_link("https://a:80/50%#b#%2").as_deref(), Some("https://a:80/50%25#b%23%252"));
        for bad in [
            "javascript:alert(1)",
            "https://",
            "https://a\"b/",
            "ftp://a",
            "text",
            "https:// x",
            "https://a:b/",
            "https://:1/",
        ] {
            assert_eq!(of_link(bad), None, "{bad}");
        }
    }

    #[test]
    fn an_image_has_a_package_url_when_its_digest_is_known() {
        let mut image = ImageSummary {
            name: "host.example:5000/shop/web:1.2".to_owned(),
            platform: Some("linux/amd64".to_owned()),
            ..ImageSummary::default()
        };
        assert_eq!(of_image(&image), None);
        image.digest = Some("sha256:ab".to_owned());
        assert_eq!(
            of_image(&image).as_deref(),
            Some("pkg:oci/web@sha256%3Aab?arch=amd64&repository_url=host.example%3A5000/shop/web&tag=1.2")
        );
        image.name = "A Folder/x".to_owned();
        assert_eq!(of_image(&image), None);
    }
}
