//! What names can never do, whatever they are: held against many made-up names.

use proptest::prelude::*;
use serde_json::Value;

use crate::{FORMATS, Format, Style, rich, schemas};

/// A report in which names, paths, texts and links are an enemy's.
fn report(name: &str) -> model::Report {
    let mut report = rich::report();
    report.image.name = name.to_owned();
    report.image.created = Some(name.to_owned());
    report.image.digest = Some(name.to_owned());
    for package in &mut report.packages {
        package.name = name.to_owned();
        package.version = name.to_owned();
        package.licenses = vec![name.to_owned()];
        package.layer = Some(name.to_owned());
    }
    for finding in &mut report.findings {
        finding.id = name.to_owned();
        finding.created_by = Some(name.to_owned());
        if let model::Detail::Vulnerability(found) = &mut finding.detail {
            found.title = name.to_owned();
            found.purl = name.to_owned();
            found.aliases = vec![name.to_owned()];
            found.published = Some(name.to_owned());
            found.cwes = vec![format!("CWE-{name}")];
            found.references =
                vec![model::Reference { kind: name.to_owned(), url: format!("https://{name}") }];
            found.paths = vec![name.to_owned(), format!("/../{name}")];
        }
    }
    report
}

fn written(format: &str, name: &str) -> String {
    let mut out = Vec::new();
    let format = Format::by_name(format).unwrap();
    crate::render(&[report(name)], format, Style::default(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Ordinary characters and those that mean something somewhere.
fn names() -> impl Strategy<Value = String> {
    let special = prop::sample::select(vec![
        '\u{0}', '\u{1b}', '\u{7f}', '\u{9b}', '\u{202e}', '\u{2066}', '\u{fffe}', '\u{ffff}', '\r', '\n',
        '<', '>', '&', '"', '\'', ']', ':', '%', ',', '/', '\\', '.', '#', '@', '{', '}', '=', '`', '|', ' ',
    ]);
    prop::collection::vec(prop_oneof![any::<char>(), special, prop::char::range('a', 'z')], 0..24)
        .prop_map(|characters| characters.into_iter().collect())
}

#[test]
fn standards_hold_whatever_the_names_are() {
    let schemas =
        [("sarif", schemas::sarif()), ("cyclonedx", schemas::cyclonedx()), ("spdx", schemas::spdx())];
    proptest!(ProptestConfig::with_cases(64), |(name in names())| {
        for (format, schema) in &schemas {
            let document: Value = serde_json::from_str(&written(format, &name)).unwrap();
            schemas::assert_valid(schema, &document);
        }
    });
}

#[test]
fn workflow_commands_are_one_line_each() {
    proptest!(ProptestConfig::with_cases(256), |(name in names())| {
        for line in written("github", &name).lines() {
            let starts = ["::error ", "::warning ", "::notice "];
            let rest = starts.iter().find_map(|start| line.strip_prefix(start));
            prop_assert!(rest.is_some(), "{line:?}");
            let (properties, _) = rest.unwrap().split_once("::").unwrap();
            for property in properties.split(',') {
                let known = ["file=", "line=", "title="];
                prop_assert!(known.iter().any(|name| property.starts_with(name)), "{line:?}");
            }
        }
    });
}

#[test]
fn xml_is_well_formed_whatever_the_names_are() {
    proptest!(ProptestConfig::with_cases(256), |(name in names())| {
        let text = written("junit", &name);
        let mut reader = quick_xml::Reader::from_str(&text);
        loop {
            match reader.read_event() {
                Ok(quick_xml::events::Event::Eof) => break,
                Ok(quick_xml::events::Event::Start(start) | quick_xml::events::Event::Empty(start)) => {
                    for attribute in start.attributes() {
                        prop_assert!(attribute.is_ok(), "{text}");
                    }
                }
                Ok(_) => {}
                Err(error) => prop_assert!(false, "{error}: {text}"),
            }
        }
        let legal = |c: char| matches!(c, '\n' | ' '..='\u{7e}' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
        prop_assert!(text.chars().all(legal), "{text:?}");
    });
}

#[test]
fn no_text_format_drives_a_terminal() {
    proptest!(ProptestConfig::with_cases(64), |(name in names())| {
        for format in ["sarif", "cyclonedx", "spdx", "junit", "github", "json"] {
            let text = written(format, &name);
            let loud = |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            prop_assert!(!text.contains(loud), "{format}: {text:?}");
        }
    });
    assert!(FORMATS.is_sorted_by_key(|format| format.name));
}
