//! Looking for secrets where none may be.

use std::fmt::Write as _;

/// Fails when a text, such as a log, holds one of these secrets: as it is, or written in hexadecimal digits, base64
/// or percent signs. The failure tells which by its place in the list, not what it is.
pub fn assert_tells_none(text: &str, secrets: &[&str]) {
    let lower = text.to_lowercase();
    for (place, secret) in secrets.iter().enumerate() {
        assert!(secret.len() >= 8, "secret {place} is too short to be looked for");
        assert!(!text.contains(secret), "secret {place} is told");
        let hexadecimal = secret.bytes().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").unwrap();
            text
        });
        assert!(!lower.contains(&hexadecimal), "secret {place} is told in hexadecimal digits");
        let percent = secret.bytes().fold(String::new(), |mut text, byte| {
            if byte.is_ascii_alphanumeric() {
                text.push(char::from(byte));
            } else {
                write!(text, "%{byte:02X}").unwrap();
            }
            text
        });
        assert!(!text.contains(&percent), "secret {place} is told with percent signs");
        // Inside a longer text its base64 begins at one of three places: what all have is what is in the middle.
        for skipped in 0..3_usize {
            let Some(rest) = secret.as_bytes().get(skipped..) else { continue };
            let encoded = base64(rest.get(..rest.len() / 3 * 3).unwrap_or_default());
            assert!(encoded.len() < 8 || !text.contains(&encoded), "secret {place} is told in base64");
        }
    }
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let sextets = bytes.chunks(3).flat_map(|chunk| {
        let bits = chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
        [18, 12, 6, 0].map(|shift| usize::try_from(bits >> shift & 63).unwrap())
    });
    sextets.filter_map(|sextet| LETTERS.get(sextet)).map(|letter| char::from(*letter)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_nothing_of_a_text_without_secrets() {
        assert_tells_none("POST /api/v1/session 200", &["wolke-tisch-regen"]);
    }

    #[test]
    fn finds_a_secret_however_it_is_written() {
        let secret = "wolke tisch/regen";
        let hexadecimal: String = secret.bytes().map(|byte| format!("{byte:02X}")).collect();
        let forms = [
            format!("password={secret};"),
            format!("bytes {hexadecimal}"),
            "?p=wolke%20tisch%2Fregen".to_owned(),
            // `admin:` before it, as of basic authentication.
            "Basic YWRtaW46d29sa2UgdGlzY2gvcmVnZW4=".to_owned(),
        ];
        for form in forms {
            let found = std::panic::catch_unwind(|| assert_tells_none(&form, &[secret]));
            assert!(found.is_err(), "{form}");
        }
    }
}
