//! Alibaba Cloud's signature v3, `ACS3-HMAC-SHA256`.
//!
//! Source: "Request syntax and signature method V3" of Alibaba Cloud; tested against the example published there.

use super::{Key, Plain, Signed, digest, hexadecimal, hmac};

/// The signature over a request, at a time in seconds since 1970, with a word that is used only once.
pub(crate) fn sign(key: &Key, seconds: u64, nonce: &str, plain: &Plain<'_>) -> Signed {
    let mut added = vec![
        ("x-acs-content-sha256", digest(plain.body)),
        ("x-acs-date", model::time_of(seconds)),
        ("x-acs-signature-nonce", nonce.to_owned()),
    ];
    added.extend(key.token.iter().map(|token| ("x-acs-security-token", token.clone())));
    let headers: Vec<(&'static str, String)> = plain.headers.iter().chain(&added).cloned().collect();
    let (request, names) = plain.canonical(&plain.encoded_path(), &headers);

    let text = format!("ACS3-HMAC-SHA256\n{}", digest(request.as_bytes()));
    let signature = hexadecimal(&hmac(key.secret.as_bytes(), &text));
    let id = &key.id;
    let authorization =
        format!("ACS3-HMAC-SHA256 Credential={id},SignedHeaders={names},Signature={signature}");
    Signed { headers: added, authorization }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_published_example() {
        let (id, secret) = ("YourAccessKeyId".to_owned(), "YourAccessKeySecret".to_owned());
        let key = Key { id, secret, token: None };
        let query = [
            ("RegionId", "cn-shanghai".to_owned()),
            ("ImageId", "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd".to_owned()),
        ];
        let plain = Plain {
            method: "POST",
            host: "ecs.cn-shanghai.aliyuncs.com",
            path: "/",
            query: &query,
            headers: vec![
                ("x-acs-action", "RunInstances".to_owned()),
                ("x-acs-version", "2014-05-26".to_owned()),
            ],
            body: b"",
        };
        // 2023-10-26T10:22:32Z
        let signed = sign(&key, 1_698_315_752, "3156853299f313e23d1673dc12e1703d", &plain);
        let expected = "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;\
                        x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,\
                        Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0";
        assert_eq!(signed.authorization, expected);
    }
}
