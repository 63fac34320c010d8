//! The kinds `tcr` and `ccr` against servers that play the published interface and check every signature themselves.

use model::Failure;
use registries::{Catalogue, Settings};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use testkit::{Answer, Asked, WebServer};

use super::{hexadecimal, hmac, listed};

const ID: &str = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE";
const SECRET: &str = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE";

/// Whether the signature is the one that the vendor's description gives for what came.
fn is_signed(asked: &Asked) -> bool {
    let expected = || {
        let given = asked.header("authorization")?;
        let (id, rest) = given.strip_prefix("TC3-HMAC-SHA256 Credential=")?.split_once('/')?;
        let (scope, rest) = rest.split_once(", SignedHeaders=")?;
        let (names, signature) = rest.split_once(", Signature=")?;
        let time = asked.header("x-tc-timestamp")?;
        let line = |name: &str| Some(format!("{name}:{}\n", asked.header(name)?.to_lowercase()));
        let headers = names.split(';').map(line).collect::<Option<String>>()?;
        let body = hexadecimal(&Sha256::digest(&asked.body));
        let canonical =
            format!("{}\n{}\n{}\n{headers}\n{names}\n{body}", asked.method, asked.path, asked.query);
        let hashed = hexadecimal(&Sha256::digest(canonical.as_bytes()));
        let (day, rest) = scope.split_once('/')?;
        let key = hmac(&hmac(&hmac(format!("TC3{SECRET}").as_bytes(), day), "tcr"), "tc3_request");
        let text = format!("TC3-HMAC-SHA256\n{time}\n{scope}\n{hashed}");
        let complete = ["content-type", "host"].iter().all(|name| names.split(';').any(|own| own == *name));
        Some(
            complete && id == ID && rest == "tcr/tc3_request" && hexadecimal(&hmac(&key, &text)) == signature,
        )
    };
    expected().unwrap_or(false)
}

fn refuse(code: &str, message: &str) -> Answer {
    Answer::json(
        json!({"Response": {"Error": {"Code": code, "Message": message}, "RequestId": "r"}}).to_string(),
    )
}

fn answer(value: &Value) -> Answer {
    let mut value = value.clone();
    value["RequestId"] = json!("r");
    Answer::json(json!({ "Response": value }).to_string())
}

fn digest(number: u64) -> String {
    format!("sha256:{number:064x}")
}

/// One page of a list of `total` entries; `Offset` is the number of the page.
fn page(parameters: &Value, total: u64) -> std::ops::Range<u64> {
    let (page, limit) = (parameters["Offset"].as_u64().unwrap(), parameters["Limit"].as_u64().unwrap());
    assert!(page >= 1 && limit <= 100, "pages are counted from 1 and have at most 100 entries");
    (page - 1) * limit..(page * limit).min(total)
}

/// An instance with 150 repositories; the first has 230 tags, each pair of one digest.
fn enterprise(asked: &Asked) -> Answer {
    if !is_signed(asked) {
        return refuse("AuthFailure.SignatureFailure", "The provided credentials could not be validated.");
    }
    assert_eq!((asked.header("x-tc-version"), asked.path.as_str()), (Some("2019-09-24"), "/"));
    let parameters: Value = serde_json::from_slice(&asked.body).unwrap();
    let action = asked.header("x-tc-action").unwrap();
    if action != "DescribeInstances" {
        assert_eq!(
            (parameters["RegistryId"].as_str(), asked.header("x-tc-region")),
            (Some("tcr-aaa"), Some("ap-beijing"))
        );
    }
    match action {
        "DescribeInstances" => answer(&json!({ "TotalCount": 2, "Registries": [
            {"RegistryId": "tcr-bbb", "RegistryName": "shop-old", "RegionName": "ap-chengdu", "PublicDomain": "shop-old.tencentcloudcr.com"},
            {"RegistryId": "tcr-aaa", "RegistryName": "shop", "RegionName": "ap-beijing", "PublicDomain": "shop.tencentcloudcr.com"},
        ]})),
        "DescribeRepositories" => {
            let list: Vec<Value> = page(&parameters, 150).map(|number| json!({
                "Name": if number == 1 { "team/deep/shop1".to_owned() } else { format!("team/shop{number}") },
                "Namespace": "team", "UpdateTime": "2026-02-03T04:05:06.7Z", "Description": null,
            })).collect();
            answer(&json!({ "RepositoryList": list, "TotalCount": 150 }))
        }
        "DescribeImages" if parameters["RepositoryName"] == "shop0" => {
            let list: Vec<Value> = page(&parameters, 230).map(|number| json!({
                "ImageVersion": format!("v{number}"), "Digest": digest(number / 2), "Size": 1000 + number,
                "UpdateTime": format!("2026-01-{:02}T00:00:00Z", 1 + number / 10),
            })).collect();
            answer(&json!({ "ImageInfoList": list, "TotalCount": 230 }))
        }
        "DescribeImages" if parameters["RepositoryName"] == "deep/shop1" => {
            answer(&json!({ "TotalCount": 2, "ImageInfoList": [
                {"ImageVersion": "1", "Digest": digest(7), "Size": 5, "UpdateTime": "2026-01-01T00:00:00Z", "Kind": "image"},
                {"ImageVersion": "2", "Digest": digest(8), "Size": 5, "UpdateTime": "2026-01-01T00:00:00Z", "Kind": "chart"},
            ]}))
        }
        "DescribeImages" if parameters["RepositoryName"] == "shop2" => {
            refuse("UnauthorizedOperation", "no right for shop2")
        }
        "DescribeImages" => answer(&json!({ "ImageInfoList": null, "TotalCount": 0 })),
        other => panic!("{other}"),
    }
}

fn settings(server: &WebServer) -> Settings {
    Settings {
        instance: Some("shop".to_owned()),
        username: Some(ID.to_owned()),
        password: Some(SECRET.to_owned()),
        api_address: Some(server.url()),
        ..Settings::default()
    }
}

fn open(kind: &str, settings: &Settings) -> Box<dyn Catalogue> {
    (registries::find(kind).unwrap().connect)(settings).unwrap()
}

/// The repositories that are looked into.
const SOME: &str = "team*/{shop0,deep/shop1,shop2,shop118,shop149}";

#[test]
fn lists_every_page_of_an_enterprise_instance() {
    let server = WebServer::start(enterprise);
    let catalogue = open("tcr", &settings(&server));
    assert_eq!(catalogue.sign_in().unwrap(), "TCR instance shop (tcr-aaa) in ap-beijing");
    let (listing, found, failed) = listed(&*catalogue, SOME, None);
    assert_eq!((listing.repositories, listing.skipped, listing.failed, failed.len()), (5, 145, 1, 1));
    assert_eq!(failed[0].failure(), Failure::AccessDenied);
    assert!(failed[0].to_string().contains("UnauthorizedOperation: no right for shop2"), "{}", failed[0]);
    let images = &found["team/shop0"];
    assert_eq!(images.len(), 115);
    assert_eq!((images[0].tags.join(","), images[0].size), ("v0,v1".to_owned(), Some(1000)));
    assert_eq!(images[0].pushed.as_deref(), Some("2026-01-01T00:00:00Z"));
    assert_eq!(images[114].digest.as_ref().unwrap().to_string(), digest(114));
    assert_eq!(found["team/deep/shop1"].len(), 1, "a chart is no image");
    let (_, found, _) = listed(&*catalogue, SOME, Some("2026-01-23T00:00:00Z"));
    assert_eq!(found["team/shop0"].len(), 5);
}

#[test]
fn pulls_with_a_token_that_is_made_anew_in_time() {
    let server = WebServer::start(|asked| {
        if asked.header("x-tc-action") != Some("CreateInstanceToken") {
            return enterprise(asked);
        }
        assert!(is_signed(asked));
        let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs() * 1000;
        // The first token is about to end.
        let ends = now + if asked.before == 1 { 60_000 } else { 3_600_000 };
        assert!(asked.text().contains(r#""TokenType":"temp""#));
        answer(
            &json!({ "Username": "100012345678", "Token": format!("token{}", asked.before), "ExpTime": ends, "TokenId": "t" }),
        )
    });
    let catalogue = open("tcr", &settings(&server));
    let token = || {
        let endpoint = catalogue.endpoint().unwrap();
        assert_eq!(endpoint.address, "shop.tencentcloudcr.com");
        assert_eq!(endpoint.options.username.as_deref(), Some("100012345678"));
        assert!(!format!("{endpoint:?}").contains("token"));
        endpoint.options.password.unwrap()
    };
    assert_eq!([token(), token(), token()], ["token1", "token2", "token2"]);
}

#[test]
fn a_pause_is_kept_when_the_cloud_asks_for_one() {
    let server = WebServer::start(|asked| match asked.before {
        0 | 1 => refuse("RequestLimitExceeded", "too fast"),
        _ => enterprise(asked),
    });
    let start = std::time::Instant::now();
    open("tcr", &settings(&server)).sign_in().unwrap();
    assert!(start.elapsed().as_millis() >= 1400 && server.asked().len() == 3);

    let server = WebServer::start(|_| refuse("RequestLimitExceeded", "too fast"));
    let error = open("tcr", &settings(&server)).sign_in().unwrap_err();
    assert_eq!((error.failure(), server.asked().len()), (Failure::RateLimited, 4));
}

#[test]
fn a_refusal_has_its_code_and_shows_no_secret() {
    let server = WebServer::start(enterprise);
    let wrong = Settings { password: Some("wr0ng".to_owned()), ..settings(&server) };
    let error = open("tcr", &wrong).sign_in().unwrap_err();
    assert_eq!(error.failure(), Failure::AuthenticationFailed);
    let other = Settings { instance: Some("sho".to_owned()), ..settings(&server) };
    assert_eq!(open("tcr", &other).sign_in().unwrap_err().failure(), Failure::NotFound);
    let cases = [
        ("AuthFailure.SecretIdNotFound", Failure::AuthenticationFailed),
        ("AuthFailure.UnauthorizedOperation", Failure::AccessDenied),
        ("ResourceNotFound", Failure::NotFound),
        ("UnsupportedRegion", Failure::InvalidName),
        ("Strange", Failure::Unknown),
    ];
    for (code, failure) in cases {
        let server = WebServer::start(move |_| refuse(code, &format!("see {SECRET} and t0ken\u{1b}[2J")));
        let settings = Settings { session_token: Some("t0ken".to_owned()), ..settings(&server) };
        let error = open("tcr", &settings).sign_in().unwrap_err();
        assert_eq!(
            (error.failure(), error.to_string()),
            (failure, format!("cannot find the instance of TCR: {code}: see … and … [2J"))
        );
        assert_eq!(server.asked()[0].header("x-tc-token"), Some("t0ken"));
    }
}

#[test]
fn answers_that_are_none_are_errors() {
    for (body, failure) in [("<html>", Failure::InvalidContent), ("{}", Failure::InvalidContent)] {
        let server = WebServer::start(move |_| Answer::new(200, body));
        assert_eq!(open("tcr", &settings(&server)).sign_in().unwrap_err().failure(), failure, "{body}");
    }
    let server = WebServer::start(|_| Answer::new(403, "<html>"));
    assert_eq!(open("tcr", &settings(&server)).sign_in().unwrap_err().failure(), Failure::AccessDenied);
    let server = WebServer::start(|_| Answer::json(vec![b' '; 17 << 20]));
    assert_eq!(open("tcr", &settings(&server)).sign_in().unwrap_err().failure(), Failure::TooLarge);
}

#[test]
fn needs_a_key_and_an_instance() {
    let missing = |settings: &Settings| {
        let error = (registries::find("tcr").unwrap().connect)(settings).err().unwrap().to_string();
        error.split('`').nth(1).unwrap().to_owned()
    };
    assert_eq!(missing(&Settings::default()), "instance");
    let named = Settings { address: "https://shop.tencentcloudcr.com".to_owned(), ..Settings::default() };
    assert_eq!(missing(&named), "username");
    assert_eq!(missing(&Settings { username: Some(ID.to_owned()), ..named }), "password");
}

/// The personal edition: 120 repositories on two pages, counted by entries.
fn personal(asked: &Asked) -> Answer {
    if !is_signed(asked) {
        return refuse("AuthFailure.SignatureFailure", "The provided credentials could not be validated.");
    }
    let parameters: Value = serde_json::from_slice(&asked.body).unwrap();
    let (offset, limit) = (parameters["Offset"].as_u64().unwrap(), parameters["Limit"].as_u64().unwrap());
    assert!(limit <= 100 && asked.header("x-tc-region") == Some("ap-guangzhou"));
    match asked.header("x-tc-action").unwrap() {
        "DescribeRepositoryOwnerPersonal" => {
            let list: Vec<Value> = (offset..(offset + limit).min(120))
                .map(|number| json!({"RepoName": format!("team{}/shop{number}", number % 2), "TagCount": 2, "UpdateTime": "2026-01-02 03:04:05"}))
                .collect();
            answer(
                &json!({"Data": {"TotalCount": 120, "RepoInfo": list, "Server": "ccr.ccs.tencentyun.com"}}),
            )
        }
        "DescribeImagePersonal" if parameters["RepoName"] == "team0/shop0" => {
            answer(&json!({"Data": {"TagCount": 3, "TagInfo": [
                {"TagName": "1", "SizeByte": 10, "PushTime": "2026-01-02 07:00:00", "Architecture": "amd64", "OS": "linux", "ImageId": "sha256:1"},
                {"TagName": "2", "SizeByte": 10, "PushTime": "2026-01-02 09:00:00", "Architecture": null, "OS": null, "ImageId": "sha256:1"},
                {"TagName": "gone", "SizeByte": 10, "PushTime": "2026-01-02 09:00:00", "ImageId": "sha256:1"},
            ]}}))
        }
        "DescribeImagePersonal" => answer(&json!({"Data": {"TagCount": 0, "TagInfo": []}})),
        other => panic!("{other}"),
    }
}

#[test]
fn lists_the_personal_edition_with_one_credential_and_pulls_with_another() {
    let registry = WebServer::start(|asked| {
        if asked.header("authorization").is_none() {
            return Answer::new(401, "").header("WWW-Authenticate", "Basic realm=\"ccr\"");
        }
        // `100012345678:pullword`
        assert_eq!(asked.header("authorization"), Some("Basic MTAwMDEyMzQ1Njc4OnB1bGx3b3Jk"));
        if asked.path.ends_with("/gone") {
            return Answer::not_found();
        }
        Answer::new(200, "{}")
            .header("Docker-Content-Digest", digest(5))
            .header("Content-Type", "application/vnd.oci.image.index.v1+json")
    });
    let server = WebServer::start(personal);
    let environment = [("TENCENTCLOUD_SECRET_ID", ID), ("TENCENTCLOUD_SECRET_KEY", SECRET)];
    let settings = Settings {
        address: registry.url(),
        username: Some("100012345678".to_owned()),
        password: Some("pullword".to_owned()),
        namespace: Some("team0".to_owned()),
        api_address: Some(server.url()),
        environment: environment.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        ..Settings::default()
    };
    let catalogue = open("ccr", &settings);
    assert_eq!(catalogue.sign_in().unwrap(), "TCR personal edition, 120 repositories");
    let (listing, found, _) = listed(&*catalogue, SOME, None);
    assert_eq!((listing.repositories, listing.skipped, listing.artifacts, listing.failed), (3, 57, 1, 0));
    let image = &found["team0/shop0"][0];
    assert_eq!(
        (image.tags.join(","), image.pushed.as_deref()),
        ("1,2".to_owned(), Some("2026-01-02T01:00:00Z"))
    );
    assert_eq!(image.digest.as_ref().unwrap().to_string(), digest(5));
    assert_eq!(image.media_type, "application/vnd.oci.image.index.v1+json");
    // 07:00 in Beijing is before midnight in UTC.
    let (_, found, _) = listed(&*catalogue, SOME, Some("2026-01-02T00:00:00Z"));
    assert_eq!(found["team0/shop0"][0].tags, ["2"]);
    assert!(registry.asked().iter().all(|asked| asked.path.starts_with("/v2/team0/shop0/")));
    assert!(server.asked().iter().all(|asked| !asked.text().contains("pullword")));

    let keyless = Settings { username: None, password: None, ..settings };
    let (_, found, _) = listed(&*open("ccr", &keyless), SOME, None);
    assert_eq!(found["team0/shop0"].len(), 3, "without a password tags are told without digests");
    assert_eq!(found["team0/shop0"][0].platform.as_ref().unwrap().to_string(), "linux/amd64");
}

/// A registry that asks for a token and hands out one manifest.
fn played_registry(asked: &Asked, host: &str) -> Answer {
    if asked.path == "/token" {
        // `100012345678:temporary`
        assert_eq!(asked.header("authorization"), Some("Basic MTAwMDEyMzQ1Njc4OnRlbXBvcmFyeQ=="));
        return Answer::json(r#"{"token":"pull"}"#);
    }
    if asked.path == "/v2/" && asked.header("authorization").is_none() {
        return Answer::new(401, "");
    }
    if asked.header("authorization") != Some("Bearer pull") {
        let realm = format!("Bearer realm=\"http://{host}/token\",service=\"harbor-registry\"");
        return Answer::new(401, "").header("WWW-Authenticate", realm);
    }
    let body = r#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","layers":[]}"#;
    let digest = format!("sha256:{}", hexadecimal(&Sha256::digest(body)));
    assert!(asked.path == "/v2/team/shop/manifests/latest" || asked.path.ends_with(&digest));
    Answer::new(200, body)
        .header("Content-Type", "application/vnd.oci.image.manifest.v1+json")
        .header("Docker-Content-Digest", digest)
}

#[test]
fn tests_a_connection_to_its_end_and_sends_each_secret_to_its_own_host_alone() {
    let own = std::sync::Arc::new(std::sync::OnceLock::new());
    let known = std::sync::Arc::clone(&own);
    let registry =
        WebServer::start(move |asked| played_registry(asked, known.get().map_or("", String::as_str)));
    own.set(registry.host.clone()).unwrap();
    let server = WebServer::start(|asked| match asked.header("x-tc-action") {
        Some("DescribeRepositories") => {
            let repository = json!({"Name": "team/shop", "Namespace": "team"});
            answer(&json!({"RepositoryList": [repository], "TotalCount": 1}))
        }
        Some("DescribeImages") => {
            answer(&json!({"ImageInfoList": [{"ImageVersion": "latest"}], "TotalCount": 1}))
        }
        Some("CreateInstanceToken") => {
            let ends = (std::time::UNIX_EPOCH.elapsed().unwrap().as_secs() + 3600) * 1000;
            answer(
                &json!({"Username": "100012345678", "Token": "temporary", "ExpTime": ends, "TokenId": "t"}),
            )
        }
        // What asks whether somebody is there is not signed.
        None => Answer::new(404, ""),
        _ => enterprise(asked),
    });
    let settings = Settings { address: registry.url(), ..settings(&server) };
    let steps = registries::check(registries::find("tcr").unwrap(), &settings);
    let outcomes: Vec<String> = steps
        .iter()
        .map(|step| match &step.outcome {
            Ok(told) => format!("{} {told}", step.step.word()),
            Err(error) => panic!("{} {error:?}", step.step.word()),
        })
        .collect();
    assert_eq!(outcomes.len(), 5, "{outcomes:?}");
    assert!(outcomes[4].starts_with("pull manifest of "), "{outcomes:?}");
    let told = |server: &WebServer, word: &str| format!("{:?}", server.asked()).contains(word);
    assert!(!told(&registry, ID) && !told(&registry, SECRET) && !told(&server, SECRET));
    assert!(server.asked().iter().all(|asked| !format!("{:?}", asked.headers).contains("temporary")));
}
