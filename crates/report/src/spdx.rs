//! SPDX 2.3 as JSON: what is in an image.
//!
//! Source: <https://spdx.github.io/spdx-spec/v2.3/>.
//!
//! The document describes the image, the image contains its packages, and a system package contains the language
//! packages whose files are its own. SPDX has no place for findings; what could not be read is an annotation of the
//! document. Ids and times follow from the content, so that the same scan gives the same document: it is dated when the
//! image was built, or at the start of 1970 when the image does not say.
//!
//! Fields of one line stay on one line, also when another program turns the document into SPDX's tag-value form.

mod packages;

use std::collections::BTreeMap;
use std::io::{self, Write};

use model::Report;
use serde_json::{Value, json};

use crate::columns::printable;
use crate::document::{self, Names};
use crate::{Style, moment};
use packages::Packages;

const DOCUMENT: &str = "SPDXRef-DOCUMENT";

pub(crate) fn write(reports: &[Report], _style: Style, out: &mut dyn Write) -> io::Result<()> {
    document::write(&whole(reports), out)
}

pub(crate) fn whole(reports: &[Report]) -> Value {
    let created = reports.iter().find_map(|report| moment::utc(report.image.created.as_deref()?));
    let created = created.unwrap_or_else(|| moment::EPOCH.to_owned());
    let creator = reports.first().map_or_else(
        || "Tool: lazaret".to_owned(),
        |report| format!("Tool: {}-{}", report.tool.name, report.tool.version),
    );
    let stamp = Stamp { annotator: &creator, date: &created };
    let mut names = Names::new('-');
    let mut licenses: BTreeMap<String, String> = BTreeMap::new();
    let (mut packages, mut relationships, mut annotations) = (Vec::new(), Vec::new(), Vec::new());
    for report in reports {
        let image = Packages::of(report, stamp, &mut names, &mut licenses);
        relationships.push(relationship(DOCUMENT, "DESCRIBES", &image.reference));
        packages.extend(image.described);
        relationships.extend(image.relationships);
        annotations.extend(report.gaps.iter().map(|gap| {
            stamp.annotation(&format!("{}: gap: {} {}: {}", report.image.name, gap.what, gap.place, gap.why))
        }));
    }
    let name = match reports {
        [report] if !report.image.name.is_empty() => printable(&report.image.name),
        _ => "images".to_owned(),
    };
    let extracted: Vec<Value> = licenses
        .iter()
        .map(|(id, text)| json!({ "licenseId": id, "name": text, "extractedText": text }))
        .collect();
    let mut document = document::without_nulls(json!({
        "SPDXID": DOCUMENT,
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "name": name,
        "creationInfo": { "created": created, "creators": [creator] },
        "packages": packages,
        "relationships": relationships,
        "hasExtractedLicensingInfos": extracted,
        "annotations": annotations,
    }));
    let namespace = format!("https://spdx.org/spdxdocs/lazaret-{}", document::uuid(&document));
    if let Value::Object(members) = &mut document {
        members.insert("documentNamespace".to_owned(), Value::from(namespace));
    }
    document
}

fn relationship(from: &str, kind: &str, to: &str) -> Value {
    json!({ "spdxElementId": from, "relationshipType": kind, "relatedSpdxElement": to })
}

/// Who says something, and when.
#[derive(Clone, Copy)]
struct Stamp<'a> {
    annotator: &'a str,
    date: &'a str,
}

impl Stamp<'_> {
    fn annotation(self, comment: &str) -> Value {
        json!({
            "annotationType": "OTHER",
            "annotator": self.annotator,
            "annotationDate": self.date,
            "comment": printable(comment),
        })
    }
}

#[cfg(test)]
mod tests;
