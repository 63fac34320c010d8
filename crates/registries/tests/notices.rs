//! What registries send when something in them changed, as they publish it.
#![expect(clippy::panic, reason = "a failure is a failed test")]

use registries::Error;
use registries::notice::{NOTICES, Notice, read};

const D1: &str = "sha256:dde8e930c7b6a490f728e66292bc9bce42efc9bbb5278bae40e4f30f6e00fe8c";
const D2: &str = "sha256:2bb501e6173d9d006e56de5bce2720eb06396803300fe1687b58a7ff32bf4c14";

fn json(body: &str) -> Result<Vec<Notice>, Error> {
    read(
        &|name| (name == "content-type").then(|| "application/json; charset=utf-8".to_owned()),
        body.as_bytes(),
    )
}

/// One line for each notice; a digest is told by its first digits.
fn lines(notices: &[Notice]) -> Vec<String> {
    let line = |notice: &Notice| {
        let tag = notice.tag.as_ref().map(|tag| format!(":{tag}")).unwrap_or_default();
        let digest = notice.digest.as_ref().map(|digest| {
            let hex = digest.hex();
            format!("@{}", hex.split_at(4).0)
        });
        format!("{:?} {}{tag}{}", notice.action, notice.repository, digest.unwrap_or_default())
    };
    notices.iter().map(line).collect()
}

/// Every body gives these lines, and ids or none.
fn check(table: &[(&str, String, &[&str], bool)]) {
    for (what, body, expected, has_id) in table {
        let notices = json(body).unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!(lines(&notices), *expected, "{what}");
        assert!(notices.iter().all(|notice| notice.id.is_some() == *has_id), "{what}: {notices:?}");
    }
}

fn harbor(kind: &str, tag: &str) -> String {
    format!(
        r#"{{"type":"{kind}","occur_at":1678082303,"operator":"robot$proxy-cache","event_data":{{
            "resources":[{{"digest":"{D1}","tag":"{tag}","resource_url":"harbor.example/library/team/busybox:{tag}"}}],
            "repository":{{"date_created":1677053165,"name":"team/busybox","namespace":"library",
                "repo_full_name":"library/team/busybox","repo_type":"public"}}}}}}"#
    )
}

fn cloud_event(kind: &str, id: &str) -> String {
    format!(
        r#"{{"specversion":"1.0","requestid":"2eedfab8","id":"{id}","source":"/projects/1/webhook/policies/3",
            "type":"{kind}","datacontenttype":"application/json","time":"2026-03-06T06:08:43Z","operator":"admin",
            "data":{{"resources":[{{"digest":"{D2}","tag":"3.8","resource_url":"harbor.example/library/alpine:3.8"}}],
            "repository":{{"name":"alpine","namespace":"library","repo_full_name":"library/alpine","repo_type":"private"}}}}}}"#
    )
}

#[test]
fn harbor_tells_of_pushes_and_deletions_in_every_version() {
    check(&[
        ("push", harbor("PUSH_ARTIFACT", "latest"), &["Pushed library/team/busybox:latest@dde8"], true),
        ("push without a tag", harbor("PUSH_ARTIFACT", D1), &["Pushed library/team/busybox@dde8"], true),
        ("tag", harbor("CREATE_TAG", "2.0"), &["Pushed library/team/busybox:2.0@dde8"], true),
        // All tags of the image are gone, of which one is told.
        ("deletion", harbor("DELETE_ARTIFACT", "latest"), &["Deleted library/team/busybox@dde8"], true),
        ("push to 1.10", harbor("pushImage", "1"), &["Pushed library/team/busybox:1@dde8"], true),
        ("deletion in 1.10", harbor("deleteImage", "1"), &["Deleted library/team/busybox:1@dde8"], true),
        ("pull", harbor("PULL_ARTIFACT", "latest"), &[], true),
        ("scan", harbor("SCANNING_COMPLETED", "latest"), &[], true),
        ("unknown", harbor("SOMETHING_NEW", "latest"), &[], true),
        ("test", r#"{"type":"testEndpoint","occur_at":1678082303,"operator":"admin"}"#.to_owned(), &[], true),
        (
            "quota",
            r#"{"type":"QUOTA_EXCEED","occur_at":1,"operator":"","event_data":{"repository":{},"custom_attributes":{"Details":"x"}}}"#.to_owned(),
            &[],
            true,
        ),
        (
            "replication",
            r#"{"type":"REPLICATION","occur_at":1,"event_data":{"replication":{"job_status":"Success"}}}"#.to_owned(),
            &[],
            true,
        ),
        ("event", cloud_event("harbor.artifact.pushed", "a"), &["Pushed library/alpine:3.8@2bb5"], true),
        ("event", cloud_event("harbor.artifact.deleted", "a"), &["Deleted library/alpine@2bb5"], true),
        ("event", cloud_event("harbor.scan.completed", "a"), &[], true),
        ("event", cloud_event("harbor.tag_retention.finished", "a"), &[], true),
    ]);
}

#[test]
fn a_cloud_event_may_stand_in_headers() {
    let body = cloud_event("", "");
    let data = body.split_once("\"data\":").unwrap().1.strip_suffix('}').unwrap().to_owned();
    let headers = [
        ("content-type", "application/json"),
        ("ce-specversion", "1.0"),
        ("ce-type", "harbor.artifact.pushed"),
        ("ce-source", "/projects/1/webhook/policies/3"),
        ("ce-id", "a"),
    ];
    let among = |count: usize| {
        let headers = headers.into_iter().take(count).collect::<Vec<_>>();
        let look_up = |name: &str| headers.iter().find(|(own, _)| *own == name).map(|(_, v)| (*v).to_owned());
        read(&look_up, data.as_bytes())
    };
    let binary = among(5).unwrap();
    assert_eq!(binary, json(&cloud_event("harbor.artifact.pushed", "a")).unwrap());
    assert!(among(4).unwrap_err().to_string().contains("without the header `ce-id`"));
}

fn event(action: &str, target: &str) -> String {
    format!(
        r#"{{"id":"320678d8-ca14-430f-8bb6-4ca139cd83f7","timestamp":"2026-03-09T14:44:26.402973972-08:00",
            "action":"{action}","target":{{{target}}},
            "request":{{"id":"6df24a34","addr":"192.168.64.11:42961","host":"192.168.100.227:5000","method":"PUT",
                "useragent":"curl/7.38.0"}},"actor":{{}},"source":{{"addr":"registry:5000","instanceID":"a53db899"}}}}"#
    )
}

fn manifest(tag: &str) -> String {
    format!(
        r#""mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"{D1}","size":708,"length":708,
            "repository":"team/shop","url":"http://registry/v2/team/shop/manifests/{D1}"{tag}"#
    )
}

#[test]
fn the_distribution_tells_of_manifests_among_other_things() {
    let envelope = |events: &[String]| format!(r#"{{"events":[{}]}}"#, events.join(","));
    let blob = format!(
        r#""mediaType":"application/octet-stream","digest":"{D2}","size":1,"repository":"team/shop","url":"…/blobs/…""#
    );
    let list =
        manifest(r#","tag":"1.0""#).replace("oci.image.manifest.v1", "docker.distribution.manifest.list.v2");
    let tagged = r#""repository":"team/shop","tag":"1.0""#;
    check(&[
        (
            "push by tag",
            envelope(&[event("push", &manifest(r#","tag":"1.0""#))]),
            &["Pushed team/shop:1.0@dde8"],
            true,
        ),
        ("push by digest", envelope(&[event("push", &manifest(""))]), &["Pushed team/shop@dde8"], true),
        ("list", envelope(&[event("push", &list)]), &["Pushed team/shop:1.0@dde8"], true),
        ("no type", envelope(&[event("push", tagged)]), &["Pushed team/shop:1.0"], true),
        ("tag deleted", envelope(&[event("delete", tagged)]), &["Deleted team/shop:1.0"], true),
        (
            "manifest deleted",
            envelope(&[event("delete", &format!(r#""digest":"{D1}","repository":"team/shop""#))]),
            &["Deleted team/shop@dde8"],
            true,
        ),
        (
            "all deleted",
            envelope(&[event("delete", r#""repository":"team/shop""#)]),
            &["Deleted team/shop"],
            true,
        ),
        (
            "nothing of it",
            envelope(&[event("push", &blob), event("pull", &manifest("")), event("mount", &blob)]),
            &[],
            true,
        ),
        (
            "several",
            envelope(&[event("push", &blob), event("push", &manifest("")), event("delete", tagged)]),
            &["Pushed team/shop@dde8", "Deleted team/shop:1.0"],
            true,
        ),
        ("empty", envelope(&[]), &[], true),
        ("of Azure", event("push", &manifest(r#","tag":"1.0""#)), &["Pushed team/shop:1.0@dde8"], true),
        ("of Azure", event("chart_push", &manifest(r#","tag":"1.0""#)), &[], true),
    ]);
}

#[test]
fn quay_tells_the_tags_of_a_push() {
    let push = r#"{"name":"test","repository":"team/test","namespace":"team","docker_url":"quay.io/team/test",
        "homepage":"https://quay.io/repository/team/test","updated_tags":["latest","1.0"]}"#;
    let build = r#"{"build_id":"296ec063","trigger_kind":"github","name":"test","repository":"team/test",
        "namespace":"team","docker_url":"quay.io/team/test","docker_tags":["master"],"build_name":"5a"}"#;
    check(&[
        ("push", push.to_owned(), &["Pushed team/test:latest", "Pushed team/test:1.0"], false),
        ("build", build.to_owned(), &[], false),
    ]);
}

#[test]
fn artifactory_tells_tags_below_the_key_of_their_repository() {
    let body = |domain: &str, kind: &str, sha256: &str| {
        format!(
            r#"{{"domain":"{domain}","event_type":"{kind}","data":{{"repo_key":"docker-local",
                "path":"library/ubuntu/latest/list.manifest.json","name":"list.manifest.json","sha256":"{sha256}",
                "size":1206,"image_name":"library/ubuntu","tag":"latest","platforms":[{{"architecture":"amd64","os":"linux"}}]}},
                "subscription_key":"test","jpd_origin":"https://jfrog.example","source":"jfrog/admin"}}"#
        )
    };
    let hex = D1.trim_start_matches("sha256:");
    let with_digest = "docker-local/library/ubuntu:latest@dde8";
    check(&[
        ("push", body("docker", "pushed", hex), &[&format!("Pushed {with_digest}")], false),
        ("promotion", body("docker", "promoted", hex), &[&format!("Pushed {with_digest}")], false),
        ("deletion", body("docker", "deleted", hex), &[&format!("Deleted {with_digest}")], false),
        (
            "test",
            body("docker", "pushed", "sample_checksum"),
            &["Pushed docker-local/library/ubuntu:latest"],
            false,
        ),
        ("other", body("docker", "scanned", hex), &[], false),
        (
            "another domain",
            r#"{"domain":"build","event_type":"uploaded","data":{"build_name":"x"}}"#.to_owned(),
            &[],
            false,
        ),
    ]);
}

#[test]
fn scripts_have_a_form_of_their_own() {
    let one = r#"{"action":"pushed","repository":"team/shop","tag":"1.0","id":"build-17"}"#;
    let other = format!(r#"{{"action":"deleted","repository":"team/shop","digest":"{D1}","id":"x"}}"#);
    check(&[
        ("one", one.to_owned(), &["Pushed team/shop:1.0"], true),
        (
            "several",
            format!(r#"{{"notices":[{one},{other}]}}"#),
            &["Pushed team/shop:1.0", "Deleted team/shop@dde8"],
            true,
        ),
        (
            "without an id",
            r#"{"action":"pushed","repository":"Shop","tag":"1"}"#.to_owned(),
            &["Pushed Shop:1"],
            false,
        ),
    ]);
    let wrong = [
        (r#"{"action":"exploded","repository":"shop","tag":"1"}"#, "unknown variant `exploded`"),
        (r#"{"action":"pushed","repository":"shop"}"#, "neither tag nor digest"),
        (r#"{"action":"pushed","repository":"shop","tags":["1"]}"#, "unknown field `tags`"),
    ];
    for (body, why) in wrong {
        let error = json(body).unwrap_err().to_string();
        assert!(
            error.starts_with("cannot understand notice of a script: ") && error.contains(why),
            "{error}"
        );
    }
}

#[test]
fn the_same_event_has_the_same_id_and_another_one_another() {
    let id = |body: &str| json(body).unwrap().remove(0).id.unwrap();
    let first = harbor("PUSH_ARTIFACT", "latest");
    assert_eq!(id(&first), id(&first));
    assert!(id(&first).len() == 64);
    let others = [
        first.replace("1678082303", "1678082304"),
        harbor("PUSH_ARTIFACT", "1.0"),
        harbor("DELETE_ARTIFACT", "latest"),
        cloud_event("harbor.artifact.pushed", "a"),
        cloud_event("harbor.artifact.pushed", "b"),
        cloud_event("harbor.artifact.pushed", "a").replace("policies/3", "policies/4"),
    ];
    let mut ids: Vec<String> = others.iter().chain([&first]).map(|body| id(body)).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 7);
}

#[test]
fn refuses_what_is_no_notice() {
    let named = |repository: &str, tag: &str| {
        serde_json::json!({ "action": "pushed", "repository": repository, "tag": tag }).to_string()
    };
    let table = [
        ("", "no JSON object"),
        ("[]", "no JSON object"),
        ("null", "no JSON object"),
        ("{", "EOF"),
        ("{}", "no known format"),
        (r#"{"events":7}"#, "invalid type: integer `7`"),
        (r#"{"events":[7]}"#, "invalid type: integer `7`"),
        (r#"{"type":"PUSH_ARTIFACT","event_data":[]}"#, "invalid length 0"),
        (r#"{"type":"PUSH_ARTIFACT","event_data":{"resources":{},"repository":{}}}"#, "list of at most 1000"),
        (r#"{"type":7,"event_data":{}}"#, "invalid type: integer `7`"),
        (
            r#"{"specversion":"0.3","type":"harbor.artifact.pushed","source":"","id":"","data":{}}"#,
            "only `1.0`",
        ),
        (r#"{"specversion":"1.0","type":"com.example","source":"","id":""}"#, "unknown type `com.example`"),
        (&harbor("PUSH_ARTIFACT", "1").replace(D1, "sha512:00"), "not a sha256 digest"),
        (&harbor("PUSH_ARTIFACT", "1").replace("library/team/busybox", ""), "names no repository"),
        (&named("a\0b", "1"), "part of a repository"),
        (&named("../etc", "1"), "part of a repository"),
        (&named("a b", "1"), "part of a repository"),
        (&named("a@b", "1"), "digest"),
        (&named("a:1", "2"), "part of a repository"),
        (&named("https://a.example/b", "1"), "no scheme"),
        (&named("shop", "a/b"), "part of a repository"),
        (&named("shop", &format!("1@{D1}")), "no tag"),
        (&named("shop", "1\n2"), "no tag"),
        (&named("shop", &"9".repeat(200)), "no tag"),
        (&named(&"a".repeat(2000), "1"), "longer than 1024"),
    ];
    for (body, why) in table {
        let error = json(body).unwrap_err();
        assert_eq!(error.failure(), model::Failure::InvalidContent);
        let error = error.to_string();
        assert!(error.starts_with("cannot understand notice") && error.contains(why), "{body}: {error}");
        assert!(!error.contains(char::is_control) && error.len() < 1000, "{error}");
    }
    let form =
        read(&|_| Some("application/x-www-form-urlencoded".to_owned()), b"{}").unwrap_err().to_string();
    assert!(form.contains("send `application/json`"), "{form}");
}

#[test]
fn hostile_bodies_end_in_an_error() {
    let deep = format!(r#"{{"events":{}"#, "[".repeat(2 << 20));
    let deep_object = format!(r#"{{"events":[{}"#, r#"{"target":"#.repeat(200_000));
    let many = |count: usize| {
        let one = r#"{"action":"delete","target":{"repository":"a","tag":"1"}}"#;
        format!(r#"{{"events":[{}]}}"#, vec![one; count].join(","))
    };
    let tags =
        format!(r#"{{"docker_url":"","repository":"a","updated_tags":[{}"1"]}}"#, "\"1\",".repeat(500_000));
    for body in [&deep, &deep_object, &many(NOTICES + 1), &tags] {
        assert!(json(body).is_err());
    }
    assert_eq!(json(&many(NOTICES)).unwrap().len(), NOTICES);
    // What is nothing does not count.
    let nothing = format!(r#"{{"events":[{}{{}}]}}"#, "{},".repeat(1_000_000));
    assert!(json(&nothing).unwrap().is_empty());
    let not_text: &[u8] = b"{\"action\":\"pushed\",\"repository\":\"a\xff\",\"tag\":\"1\"}";
    assert!(read(&|_| None, not_text).is_err());
}
