use std::io::{Cursor, Read};

use futures::TryStreamExt as _;
use http::Method;
use serde_json::{Value, json};

use crate::inventory::{FORMULA, images};
use crate::{Answer, Server, servers, until};

/// The file of an export.
pub(crate) async fn made(server: &Server, wanted: Value) -> Answer {
    let export = server.post("/exports", wanted).await.expect(201);
    let path = format!("/exports/{}", export["id"]);
    let done = until("an export", async || {
        let now = server.get(&path).await.expect(200);
        assert!(now["state"] != "failed", "{now}");
        (now["state"] == "done").then_some(now)
    })
    .await;
    let file = server.get(&format!("{path}/file")).await;
    assert_eq!(file.status, 200);
    assert_eq!(json!(file.bytes.len()), done["bytes"]);
    let disposition = file.headers["content-disposition"].to_str().unwrap().to_owned();
    assert_eq!(disposition, format!("attachment; filename={}", done["file_name"]));
    file
}

/// The files of a zip archive.
fn unpacked(file: &Answer) -> Vec<(String, String)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(file.bytes.to_vec())).unwrap();
    let read = |index: usize, archive: &mut zip::ZipArchive<Cursor<Vec<u8>>>| {
        let mut entry = archive.by_index(index).unwrap();
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        (entry.name().unwrap().into_owned(), text)
    };
    (0..archive.len()).map(|index| read(index, &mut archive)).collect()
}

fn part<'a>(files: &'a [(String, String)], name: &str) -> &'a str {
    &files.iter().find(|(other, _)| other == name).unwrap().1
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workbook_holds_texts_and_no_formula() {
    for server in &servers().await.all {
        server.work();
        images(&server.app, "default", &["shop", FORMULA]).await;
        let wanted = json!({
            "subject": "vulnerabilities", "format": "xlsx", "language": "zh",
            "columns": ["severity", "id", "title", "image"],
        });
        let file = made(server, wanted).await;
        let files = unpacked(&file);
        let sheet = part(&files, "xl/worksheets/sheet1.xml");
        let texts =
            files.iter().find(|(name, _)| name == "xl/sharedStrings.xml").map_or("", |(_, text)| text);
        let all = format!("{sheet}{texts}");
        assert_eq!(sheet.matches("<row ").count(), 7, "a heading, and three findings of each image");
        assert!(!sheet.contains("<f>") && !sheet.contains("<f "), "{sheet}");
        assert!(!sheet.contains("hyperlink"), "{sheet}");
        let at = |text: &str| all.find(text).unwrap_or_else(|| unreachable!("{text}: {all}"));
        assert!(at("级别") < at("编号") && at("编号") < at("标题"), "as they were chosen");
        at("严重");
        at("=HYPERLINK(");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_of_commas_is_marked_defused_and_cut() {
    for server in &servers().await.all {
        server.work();
        images(&server.app, "default", &["shop", "copy"]).await;
        let wanted = json!({ "subject": "vulnerabilities", "format": "csv", "columns": ["id", "title"] });
        let text = made(server, wanted).await.text();
        assert!(text.starts_with("\u{feff}ID,Title\n"), "{text}");
        assert_eq!(text.lines().count(), 7);
        assert!(text.contains("\"'=HYPERLINK("), "{text}");

        let few = json!({ "subject": "vulnerabilities", "format": "csv", "columns": ["id"], "max_rows": 2 });
        let text = made(server, few).await.text();
        assert_eq!(text.lines().count(), 4, "{text}");
        assert!(text.lines().last().unwrap().contains("there are more rows"), "{text}");
        let newest = server.get("/exports?limit=1").await.expect(200);
        assert_eq!(
            (&newest["items"][0]["truncated"], &newest["items"][0]["rows"]),
            (&json!(true), &json!(2))
        );

        let narrow = json!({ "subject": "vulnerabilities", "format": "csv", "columns": ["id"],
            "severity": ["critical", "low"], "fixable": true, "filter": { "repository": "shop" } });
        assert_eq!(made(server, narrow).await.text(), "\u{feff}ID\nCVE-1\nCVE-3\n");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_subject_has_what_lists_show() {
    for server in &servers().await.all {
        server.work();
        let ids = images(&server.app, "default", &["shop", "copy"]).await;
        for (subject, rows, column, value) in [
            ("images", 1, "critical", json!(1)),
            ("vulnerabilities", 3, "package", json!("bash")),
            ("secrets", 1, "masked", json!("key = AK****Z")),
            ("baseline", 1, "expected", json!("locked")),
            ("malware", 0, "", Value::Null),
            ("compliance", 0, "", Value::Null),
            ("software", 3, "licenses", json!("MIT")),
            ("files", 1, "mode", json!("4755")),
        ] {
            let wanted = json!({ "subject": subject, "format": "json", "images": [ids[0]] });
            let file = made(server, wanted).await.json();
            let told = file["rows"].as_array().unwrap();
            assert_eq!(told.len(), rows, "{subject}: {file}");
            if let Some(first) = told.first() {
                assert_eq!(first[column], value, "{subject}: {file}");
                assert_eq!(first["image"], "shop");
            }
            assert_eq!(file["truncated"], json!(false));
        }
        let subjects = server.get("/exports/subjects").await.expect(200);
        assert_eq!(subjects.as_array().unwrap().len(), 9);

        let one = json!({ "subject": "sbom", "format": "cyclonedx", "images": [ids[0]] });
        let document = made(server, one).await.json();
        assert_eq!(document["bomFormat"], "CycloneDX");
        assert!(document.to_string().contains("pkg:deb/debian/bash@5.2"));
        let several = made(server, json!({ "subject": "sbom", "format": "spdx" })).await;
        let files = unpacked(&several);
        assert_eq!(files.len(), 2);
        for (name, text) in &files {
            assert!(name.ends_with(".spdx.json"), "{name}");
            let document: Value = serde_json::from_str(text).unwrap();
            assert!(document["spdxVersion"].is_string(), "{text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rejects_exports_that_cannot_be_and_deletes_those_that_are() {
    for server in &servers().await.all {
        server.work();
        images(&server.app, "default", &["shop"]).await;
        for wanted in [
            json!({ "subject": "sbom", "format": "xlsx" }),
            json!({ "subject": "images", "format": "spdx" }),
            json!({ "subject": "images", "format": "csv", "columns": ["password"] }),
            json!({ "subject": "images", "format": "csv", "columns": ["tag", "tag"] }),
            json!({ "subject": "images", "format": "csv", "max_rows": 0 }),
            json!({ "subject": "images", "format": "csv", "days": 91 }),
            json!({ "subject": "images", "format": "csv", "name": "a\u{0}" }),
            json!({ "subject": "images", "format": "csv", "images": [1], "filter": {} }),
        ] {
            assert_eq!(server.post("/exports", wanted.clone()).await.status, 400, "{wanted}");
        }
        let named = json!({ "subject": "images", "format": "csv", "name": "../../a \"b\"\r\nx: y" });
        let file = made(server, named).await;
        let disposition = file.headers["content-disposition"].to_str().unwrap();
        assert_eq!(disposition, "attachment; filename=\"a__b___x__y.csv\"");
        let newest = server.get("/exports?limit=1").await.expect(200)["items"][0].clone();
        let path = format!("/exports/{}", newest["id"]);
        server.ask(Method::DELETE, &path, None, &[]).await.expect(204);
        assert_eq!(server.get(&path).await.status, 404);
        assert_eq!(server.get(&format!("{path}/file")).await.status, 404);
        let place = object_store::path::Path::from(format!("exports/{}", newest["id"]));
        let kept: Vec<_> = server.app.objects.list(Some(&place)).try_collect().await.unwrap();
        assert!(kept.is_empty(), "{kept:?}");
    }
}
