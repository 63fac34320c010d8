//! The kind `aliyun-acr` against servers that play both published interfaces and check every signature themselves.
use std::collections::BTreeSet;

use model::Failure;
use registries::{Catalogue, Repository, Settings};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use testkit::players::{hexadecimal, hmac};
use testkit::{Answer, Asked, WebServer};

use super::listed;

const ID: &str = "YourAccessKeyId";
const SECRET: &str = "YourAccessKeySecret";

/// Whether the signature is the one that the vendor's description gives for what came.
fn is_signed(asked: &Asked) -> bool {
    let expected = || {
        let given = asked.header("authorization")?.strip_prefix("ACS3-HMAC-SHA256 Credential=")?;
        let (id, rest) = given.split_once(",SignedHeaders=")?;
        let (names, signature) = rest.split_once(",Signature=")?;
        let line = |name: &str| Some(format!("{name}:{}\n", asked.header(name)?));
        let headers = names.split(';').map(line).collect::<Option<String>>()?;
        let mut query: Vec<&str> = asked.query.split('&').collect();
        query.sort_unstable();
        let body = hexadecimal(&Sha256::digest(&asked.body));
        let (path, query) = (&asked.path, query.join("&"));
        let canonical = format!("{}\n{path}\n{query}\n{headers}\n{names}\n{body}", asked.method);
        let hashed = hexadecimal(&Sha256::digest(canonical.as_bytes()));
        let bytes = hmac(SECRET.as_bytes(), &format!("ACS3-HMAC-SHA256\n{hashed}"));
        // Every header of the cloud's own must be signed.
        let signed: BTreeSet<&str> = names.split(';').collect();
        let all = asked.headers.iter().map(|(name, _)| name.as_str());
        let complete = all
            .filter(|name| name.starts_with("x-acs-") || *name == "host")
            .all(|name| signed.contains(name));
        let body_is_told = asked.header("x-acs-content-sha256") == Some(body.as_str());
        Some(complete && body_is_told && id == ID && hexadecimal(&bytes) == signature)
    };
    expected().unwrap_or(false)
}

fn unsigned() -> Answer {
    Answer::new(
        400,
        json!({"Code": "SignatureDoesNotMatch", "RequestId": "r", "Message": format!("not {SECRET}")})
            .to_string(),
    )
}

fn number(asked: &Asked, name: &str) -> u64 {
    asked.parameter(name).unwrap().parse().unwrap()
}

/// The entries of the page that is asked for; the interface tells no more than 30 at once.
fn page(asked: &Asked, names: [&str; 2], total: u64) -> std::ops::Range<u64> {
    let page = number(asked, names[0]);
    let size = number(asked, names[1]).min(30);
    ((page - 1) * size).min(total)..(page * size).min(total)
}

fn hexadecimal_digest(number: u64) -> String {
    format!("{number:064x}")
}

/// An instance with 110 repositories; the first has 65 tags.
fn enterprise(asked: &Asked) -> Answer {
    if !is_signed(asked) {
        return unsigned();
    }
    assert_eq!(
        (asked.header("x-acs-version"), asked.path.as_str(), asked.method.as_str()),
        (Some("2018-12-01"), "/", "POST")
    );
    let tell = |mut value: Value| {
        value["IsSuccess"] = json!(true);
        value["Code"] = json!("success");
        Answer::json(value.to_string())
    };
    let action = asked.header("x-acs-action").unwrap();
    if action != "ListInstance" {
        assert_eq!(asked.parameter("InstanceId"), Some("cri-abc"));
    }
    match action {
        "ListInstance" => tell(json!({"TotalCount": 2, "PageSize": 30, "Instances": [
            {"InstanceId": "cri-old", "InstanceName": "shop-old"}, {"InstanceId": "cri-abc", "InstanceName": "shop"},
        ]})),
        "GetInstance" => tell(json!({"InstanceId": "cri-abc", "InstanceName": "shop"})),
        "ListRepository" => {
            assert_eq!(asked.parameter("RepoStatus"), Some("NORMAL"));
            let list: Vec<Value> = page(asked, ["PageNo", "PageSize"], 110).map(|number| json!({
                "RepoId": format!("crr-{number}"), "RepoName": format!("shop{number}"), "RepoNamespaceName": "team",
                "ModifiedTime": 1_767_225_600_000_u64,
            })).collect();
            tell(json!({"TotalCount": "110", "PageSize": 30, "Repositories": list}))
        }
        "GetRepository" => {
            assert_eq!(
                (asked.parameter("RepoNamespaceName"), asked.parameter("RepoName")),
                (Some("team"), Some("shop0"))
            );
            tell(json!({"RepoId": "crr-0", "RepoName": "shop0", "RepoNamespaceName": "team"}))
        }
        "ListRepoTag" if asked.parameter("RepoId") == Some("crr-0") => {
            let list: Vec<Value> = page(asked, ["PageNo", "PageSize"], 65).map(|number| json!({
                "Tag": format!("v{number}"), "Digest": hexadecimal_digest(number), "ImageSize": 7, "Status": "NORMAL",
                "ImageUpdate": (1_767_225_600_000_u64 + number * 3_600_000).to_string(),
            })).collect();
            tell(json!({"TotalCount": "65", "PageSize": 30, "Images": list}))
        }
        "ListRepoTag" => {
            Answer::json(json!({"IsSuccess": false, "Code": "REPO_NOT_EXIST", "Message": "gone"}).to_string())
        }
        "GetAuthorizationToken" => {
            let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
            let ends = (now + if asked.before == 0 { 60 } else { 3600 }) * 1000;
            tell(
                json!({"TempUsername": "cr_temp_user", "AuthorizationToken": format!("word{}", asked.before), "ExpireTime": ends}),
            )
        }
        other => panic!("{other}"),
    }
}

fn settings(server: &WebServer) -> Settings {
    Settings {
        region: Some("cn-hangzhou".to_owned()),
        instance: Some("shop".to_owned()),
        username: Some(ID.to_owned()),
        password: Some(SECRET.to_owned()),
        api_address: Some(server.url()),
        ..Settings::default()
    }
}

fn open(settings: &Settings) -> Box<dyn Catalogue> {
    (registries::find("aliyun-acr").unwrap().connect)(settings).unwrap()
}

/// The repositories that are looked into.
const SOME: &str = "team/{shop0,shop109}";

#[test]
fn lists_every_page_of_an_enterprise_instance() {
    let server = WebServer::start(enterprise);
    let catalogue = open(&settings(&server));
    assert_eq!(catalogue.sign_in().unwrap(), "ACR instance shop (cri-abc) in cn-hangzhou");
    let (listing, found, failed) = listed(&*catalogue, SOME, None);
    assert_eq!((listing.repositories, listing.skipped, listing.artifacts, listing.failed), (2, 108, 65, 1));
    assert_eq!(failed[0].failure(), Failure::NotFound);
    assert!(failed[0].to_string().ends_with("REPO_NOT_EXIST: gone"), "{}", failed[0]);
    let image = &found["team/shop0"][1];
    assert_eq!(
        (image.tags.join(","), image.size, image.pushed.as_deref()),
        ("v1".to_owned(), Some(7), Some("2026-01-01T01:00:00Z"))
    );
    assert_eq!(image.digest.as_ref().unwrap().to_string(), format!("sha256:{}", hexadecimal_digest(1)));
    assert_eq!(listed(&*catalogue, SOME, Some("2026-01-01T10:00:00Z")).1["team/shop0"].len(), 55);
    let nonces: BTreeSet<String> = server
        .asked()
        .iter()
        .map(|asked| asked.header("x-acs-signature-nonce").unwrap().to_owned())
        .collect();
    assert_eq!(nonces.len(), server.asked().len(), "no word is used twice");

    let named = Repository { name: "team/shop0".to_owned(), ..Repository::default() };
    assert_eq!(catalogue.artifacts(&named, None, None).unwrap().items.len(), 30, "its id is found out");
    let by_id = open(&Settings { instance: Some("cri-abc".to_owned()), ..settings(&server) });
    assert_eq!(by_id.sign_in().unwrap(), "ACR instance shop (cri-abc) in cn-hangzhou");
    let address = "shop-registry.cn-hangzhou.cr.aliyuncs.com".to_owned();
    let by_address = Settings { instance: None, region: None, address, ..settings(&server) };
    assert_eq!(open(&by_address).sign_in().unwrap(), "ACR instance shop (cri-abc) in cn-hangzhou");
    let other = Settings { instance: Some("sho".to_owned()), ..settings(&server) };
    assert_eq!(open(&other).sign_in().unwrap_err().failure(), Failure::NotFound);
}

#[test]
fn pulls_with_a_password_that_is_made_anew_in_time() {
    let server = WebServer::start(enterprise);
    let catalogue = open(&settings(&server));
    let word = || {
        let endpoint = catalogue.endpoint().unwrap();
        assert_eq!(endpoint.address, "shop-registry.cn-hangzhou.cr.aliyuncs.com");
        assert_eq!(endpoint.options.username.as_deref(), Some("cr_temp_user"));
        endpoint.options.password.unwrap()
    };
    assert_eq!([word(), word(), word()], ["word0", "word1", "word1"]);
}

#[test]
fn a_refusal_has_its_code_and_shows_no_secret() {
    let server = WebServer::start(enterprise);
    let wrong = Settings { password: Some("wr0ng".to_owned()), ..settings(&server) };
    assert_eq!(open(&wrong).sign_in().unwrap_err().failure(), Failure::AuthenticationFailed);
    let cases = [
        (404, "InvalidAccessKeyId.NotFound", Failure::AuthenticationFailed),
        (403, "Forbidden.RAM", Failure::AccessDenied),
        (404, "Strange", Failure::NotFound),
        (200, "NoPermission", Failure::AccessDenied),
    ];
    for (status, code, failure) in cases {
        let server = WebServer::start(move |asked| {
            assert!(is_signed(asked) && asked.header("x-acs-security-token") == Some("t0ken"));
            let said = json!({"Code": code, "Message": format!("{SECRET} t0ken"), "IsSuccess": false});
            Answer::new(status, said.to_string())
        });
        let settings = Settings { session_token: Some("t0ken".to_owned()), ..settings(&server) };
        let error = open(&settings).sign_in().unwrap_err();
        assert_eq!(
            (error.failure(), error.to_string()),
            (failure, format!("cannot find the instance of ACR: {code}: … …"))
        );
    }
    let server = WebServer::start(|asked| match asked.before {
        0 => Answer::new(
            400,
            r#"{"Code":"Throttling.User","Message":"Request was denied due to user flow control."}"#,
        ),
        1 => Answer::new(503, r#"{"Code":"ServiceUnavailable"}"#),
        _ => enterprise(asked),
    });
    open(&settings(&server)).sign_in().unwrap();
    assert_eq!(server.asked().len(), 3);
}

/// The personal edition: 110 repositories; the first has 40 tags.
fn personal(asked: &Asked) -> Answer {
    if !is_signed(asked) {
        return Answer::new(400, r#"{"code":"SignatureDoesNotMatch","message":"no","requestId":"r"}"#);
    }
    assert_eq!((asked.header("x-acs-version"), asked.method.as_str()), (Some("2016-06-07"), "GET"));
    let names = ["Page", "PageSize"];
    match (asked.header("x-acs-action").unwrap(), asked.path.as_str()) {
        ("GetRepoList", "/repos") | ("GetRepoListByNamespace", "/repos/team") => {
            let list: Vec<Value> = page(asked, names, 110).map(|number| json!({
                "repoName": format!("shop{number}"), "repoNamespace": "team", "gmtModified": 1_767_225_600_000_u64, "repoId": number,
            })).collect();
            Answer::json(
                json!({"requestId": "r", "data": {"total": 110, "pageSize": 30, "page": 1, "repos": list}})
                    .to_string(),
            )
        }
        ("GetRepoTags", "/repos/team/shop0/tags") => {
            let list: Vec<Value> = page(asked, names, 40)
                .map(|number| {
                    json!({
                        "tag": format!("v{number}"), "digest": hexadecimal_digest(number / 2), "imageSize": 7,
                        "imageUpdate": 1_767_225_600_000_u64, "status": "NORMAL", "imageId": "x",
                    })
                })
                .collect();
            Answer::json(
                json!({"requestId": "r", "data": {"total": 40, "pageSize": 30, "page": 1, "tags": list}})
                    .to_string(),
            )
        }
        ("GetRepoTags", _) => {
            Answer::new(404, r#"{"code":"REPO_NOT_EXIST","message":"repo is not exist","requestId":"r"}"#)
        }
        ("GetAuthorizationToken", "/tokens") => {
            let ends = (std::time::UNIX_EPOCH.elapsed().unwrap().as_secs() + 3600) * 1000;
            Answer::json(json!({"requestId": "r", "data": {"tempUserName": "cr_temp_user", "authorizationToken": format!("word{}", asked.before), "expireDate": ends}}).to_string())
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn lists_and_pulls_from_the_personal_edition() {
    let server = WebServer::start(personal);
    let settings = Settings { instance: None, ..settings(&server) };
    let catalogue = open(&settings);
    assert_eq!(catalogue.sign_in().unwrap(), "ACR personal edition in cn-hangzhou, 110 repositories");
    let (listing, found, failed) = listed(&*catalogue, SOME, None);
    assert_eq!((listing.repositories, listing.skipped, listing.artifacts, listing.failed), (2, 108, 20, 1));
    assert_eq!(failed[0].failure(), Failure::NotFound);
    let image = &found["team/shop0"][0];
    assert_eq!(
        (image.tags.join(","), image.pushed.as_deref()),
        ("v0,v1".to_owned(), Some("2026-01-01T00:00:00Z"))
    );
    for _ in 0..2 {
        let endpoint = catalogue.endpoint().unwrap();
        assert_eq!(endpoint.address, "registry.cn-hangzhou.aliyuncs.com");
        assert_eq!(endpoint.options.password.as_deref(), Some("word0"));
    }
    let named = open(&Settings { namespace: Some("team".to_owned()), ..settings.clone() });
    assert_eq!(named.repositories(Some("4")).unwrap().items.len(), 20);
    let wrong = open(&Settings { password: Some("wr0ng".to_owned()), ..settings });
    assert_eq!(wrong.sign_in().unwrap_err().failure(), Failure::AuthenticationFailed);
}
