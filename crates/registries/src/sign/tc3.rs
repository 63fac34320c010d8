//! Tencent Cloud's signature v3, `TC3-HMAC-SHA256`.
//!
//! Source: "Signature v3" in the documentation of the Tencent Cloud API; tested against the example published there.

use super::{Key, Plain, Signed, digest, hexadecimal, hmac};

/// The signature over a request to a service, at a time in seconds since 1970.
pub(crate) fn sign(key: &Key, service: &str, seconds: u64, plain: &Plain<'_>) -> Signed {
    let day = model::day_of(seconds);
    // This scheme alone signs the values of headers in lower case.
    let lower = plain.headers.iter().map(|(name, value)| (*name, value.to_lowercase()));
    let headers: Vec<(&'static str, String)> = lower.collect();
    let (request, names) = plain.canonical(&plain.encoded_path(), &headers);

    let scope = format!("{day}/{service}/tc3_request");
    let text = format!("TC3-HMAC-SHA256\n{seconds}\n{scope}\n{}", digest(request.as_bytes()));
    let mut secret = format!("TC3{}", key.secret).into_bytes();
    for part in [day.as_str(), service, "tc3_request"] {
        secret = hmac(&secret, part);
    }
    let signature = hexadecimal(&hmac(&secret, &text));
    let id = &key.id;
    let authorization =
        format!("TC3-HMAC-SHA256 Credential={id}/{scope}, SignedHeaders={names}, Signature={signature}");
    let mut added = vec![("x-tc-timestamp", seconds.to_string())];
    added.extend(key.token.iter().map(|token| ("x-tc-token", token.clone())));
    Signed { headers: added, authorization }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_published_example() {
        let cases = [
            (
                "Gu5t9xGARNpq86cd98joQYCN3*******",
                "2230eefd229f582d8b1b891af7107b91597240707d778ab3738f756258d7652c",
            ),
            (
                "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
                "72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168",
            ),
        ];
        for (secret, expected) in cases {
            let id = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE".to_owned();
            let key = Key { id, secret: secret.to_owned(), token: Some("passing".to_owned()) };
            let body =
                br#"{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}"#;
            let plain = Plain {
                method: "POST",
                host: "cvm.tencentcloudapi.com",
                path: "/",
                query: &[],
                headers: vec![("content-type", "application/json; charset=utf-8".to_owned())],
                body,
            };
            let signed = sign(&key, "cvm", 1_551_113_065, &plain);
            let authorization = format!(
                "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/tc3_request, \
                 SignedHeaders=content-type;host, Signature={expected}"
            );
            assert_eq!(signed.authorization, authorization);
            let added = [("x-tc-timestamp", "1551113065"), ("x-tc-token", "passing")];
            assert_eq!(signed.headers, added.map(|(name, value)| (name, value.to_owned())));
        }
    }
}
