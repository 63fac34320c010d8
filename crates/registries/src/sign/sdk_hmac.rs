//! Huawei Cloud's signature with an access key, `SDK-HMAC-SHA256`.
//!
//! Source: "API Request Signing Guide" of Huawei Cloud; tested against the example published there.

use super::{Key, Plain, Signed, digest, hexadecimal, hmac};

/// The signature over a request, at a time in seconds since 1970.
pub(crate) fn sign(key: &Key, seconds: u64, plain: &Plain<'_>) -> Signed {
    let time = model::time_of(seconds).replace(['-', ':'], "");
    let mut added = vec![("x-sdk-date", time.clone())];
    added.extend(key.token.iter().map(|token| ("x-security-token", token.clone())));
    let headers: Vec<(&'static str, String)> = plain.headers.iter().chain(&added).cloned().collect();
    // The path that is signed ends with a slash, whether or not the one that is sent does.
    let path = format!("{}/", plain.encoded_path().trim_end_matches('/'));
    let (request, names) = plain.canonical(&path, &headers);

    let text = format!("SDK-HMAC-SHA256\n{time}\n{}", digest(request.as_bytes()));
    let signature = hexadecimal(&hmac(key.secret.as_bytes(), &text));
    let id = &key.id;
    let authorization = format!("SDK-HMAC-SHA256 Access={id}, SignedHeaders={names}, Signature={signature}");
    Signed { headers: added, authorization }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(token: Option<&str>) -> Signed {
        let secret = "MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc".to_owned();
        let key = Key { id: "QTWAOYTTINDUT2QVKYUC".to_owned(), secret, token: token.map(str::to_owned) };
        let query =
            [("marker", "13551d6b-755d-4757-b956-536f674975c0".to_owned()), ("limit", "2".to_owned())];
        let plain = Plain {
            method: "GET",
            host: "service.region.example.com",
            path: "/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs",
            query: &query,
            headers: vec![("content-type", "application/json".to_owned())],
            body: b"",
        };
        // 2019-11-15T03:36:55Z
        sign(&key, 1_573_789_015, &plain)
    }

    #[test]
    fn agrees_with_the_published_example() {
        let expected = "SDK-HMAC-SHA256 Access=QTWAOYTTINDUT2QVKYUC, SignedHeaders=content-type;host;x-sdk-date, \
                        Signature=7be6668032f70418fcc22abc52071e57aff61b84a1d2381bb430d6870f4f6ebe";
        assert_eq!(signed(None).authorization, expected);
    }

    #[test]
    fn signs_the_token_of_a_temporary_key() {
        let signed = signed(Some("passing"));
        assert!(
            signed.authorization.contains("SignedHeaders=content-type;host;x-sdk-date;x-security-token,")
        );
        assert!(signed.headers.contains(&("x-security-token", "passing".to_owned())));
    }
}
