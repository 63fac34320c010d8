use std::collections::{BTreeMap, BTreeSet};

use model::{Detail, Finding, ImageSummary, Report, Suppression, SuppressionStatus, Vulnerability};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::image_name::ImageName;
use crate::purl::encode;

/// The version of the specification that is written.
const CONTEXT: &str = "https://openvex.dev/ns/v0.2.0";
/// What ids of documents begin with; a digest of what the document says follows.
const ID: &str = "https://openvex.dev/docs/public/vex-";

/// The justifications of OpenVEX, and what CycloneDX calls them.
const JUSTIFICATIONS: &[(&str, &str)] = &[
    ("component_not_present", "component_not_present"),
    ("inline_mitigations_already_exist", "inline_mitigations_already_exist"),
    (
        "vulnerable_code_cannot_be_controlled_by_adversary",
        "vulnerable_code_cannot_be_controlled_by_adversary",
    ),
    ("vulnerable_code_not_in_execute_path", "vulnerable_code_not_in_execute_path"),
    ("vulnerable_code_not_present", "vulnerable_code_not_present"),
    ("code_not_present", "vulnerable_code_not_present"),
    ("code_not_reachable", "vulnerable_code_not_in_execute_path"),
    ("requires_configuration", "vulnerable_code_not_in_execute_path"),
    ("requires_dependency", "vulnerable_code_not_in_execute_path"),
    ("requires_environment", "vulnerable_code_cannot_be_controlled_by_adversary"),
    ("protected_at_perimeter", "inline_mitigations_already_exist"),
    ("protected_at_runtime", "inline_mitigations_already_exist"),
    ("protected_by_compiler", "inline_mitigations_already_exist"),
    ("protected_by_mitigating_control", "inline_mitigations_already_exist"),
];

/// What a statement says beside its products; statements that say the same are one.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Said {
    vulnerability: String,
    aliases: Vec<String>,
    status: &'static str,
    justification: Option<&'static str>,
    impact: Option<String>,
    action: Option<String>,
    notes: Option<String>,
}

/// The vulnerabilities of reports as an OpenVEX document: what was decided, and what still stands.
///
/// A finding that was accepted is `affected`, for so it is, and the reason is its action statement; a false positive is
/// `not_affected`. The id follows from what the document says, so that the same reports give the same id.
#[must_use]
pub fn open_vex(reports: &[Report], author: &str, timestamp: &str) -> Value {
    let mut statements: BTreeMap<Said, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
    for report in reports {
        let product = product_of(&report.image);
        for finding in &report.findings {
            let Detail::Vulnerability(found) = &finding.detail else { continue };
            let products = statements.entry(said(finding, found)).or_default();
            products.entry(product.clone()).or_default().insert(found.purl.clone());
        }
    }
    let statements: Vec<Value> =
        statements.into_iter().map(|(said, products)| said.json(&products)).collect();
    let statements = Value::Array(statements);
    let digest = Sha256::digest(format!("{author}\n{statements}"));
    let digits: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    json!({
        "@context": CONTEXT,
        "@id": format!("{ID}{digits}"),
        "author": author,
        "timestamp": timestamp,
        "version": 1,
        "statements": statements,
    })
}

fn said(finding: &Finding, found: &Vulnerability) -> Said {
    let mut said = Said {
        vulnerability: finding.id.clone(),
        aliases: found.aliases.iter().filter(|alias| **alias != finding.id).cloned().collect(),
        ..Said::default()
    };
    let Some(suppression) = &finding.suppressed else {
        said.status = "affected";
        said.action = Some(action(found));
        return said;
    };
    match suppression.status {
        SuppressionStatus::Accepted => {
            said.status = "affected";
            let until = suppression.until.as_ref().map(|until| format!(" until {until}")).unwrap_or_default();
            said.action = Some(format!("accepted{until}: {}", suppression.reason));
        }
        SuppressionStatus::Fixed => {
            said.status = "fixed";
            said.notes = Some(suppression.reason.clone()).filter(|reason| !reason.is_empty());
        }
        SuppressionStatus::NotAffected => said.not_affected(suppression, ""),
        SuppressionStatus::FalsePositive => said.not_affected(suppression, "false positive: "),
    }
    said
}

fn action(found: &Vulnerability) -> String {
    match (&found.fixed_version, found.advice.en.is_empty()) {
        (_, false) => found.advice.en.clone(),
        (Some(version), true) => format!("update {} to {version} or later", found.package),
        (None, true) => format!("no fixed version of {} is known", found.package),
    }
}

impl Said {
    /// Fills in why, which the specification asks of `not_affected`: a justification it knows, or a statement.
    fn not_affected(&mut self, suppression: &Suppression, prefix: &str) {
        self.status = "not_affected";
        let (label, rest) = suppression.reason.split_once(": ").unwrap_or((&suppression.reason, ""));
        let known = JUSTIFICATIONS.iter().find(|(name, _)| *name == label);
        self.justification = known.map(|(_, justification)| *justification);
        let rest = if known.is_some() { rest } else { &suppression.reason };
        let impact = format!("{prefix}{rest}");
        if !impact.is_empty() || known.is_none() {
            self.impact = Some(if impact.is_empty() { "no reason was given".to_owned() } else { impact });
        }
    }

    fn json(self, products: &BTreeMap<String, BTreeSet<String>>) -> Value {
        let products: Vec<Value> =
            products.iter().map(|(product, packages)| product_json(product, packages)).collect();
        let mut vulnerability = json!({ "name": self.vulnerability });
        let mut statement = json!({ "products": products, "status": self.status });
        if let (false, Some(fields)) = (self.aliases.is_empty(), vulnerability.as_object_mut()) {
            fields.insert("aliases".to_owned(), json!(self.aliases));
        }
        if let Some(fields) = statement.as_object_mut() {
            fields.insert("vulnerability".to_owned(), vulnerability);
            let texts = [
                ("justification", self.justification.map(str::to_owned)),
                ("impact_statement", self.impact),
                ("action_statement", self.action),
                ("status_notes", self.notes),
            ];
            for (name, text) in texts {
                fields.extend(text.map(|text| (name.to_owned(), Value::String(text))));
            }
        }
        statement
    }
}

fn product_json(product: &str, packages: &BTreeSet<String>) -> Value {
    let component = |id: &str| {
        let mut component = json!({ "@id": id });
        if let (true, Some(fields)) = (id.starts_with("pkg:"), component.as_object_mut()) {
            fields.insert("identifiers".to_owned(), json!({ "purl": id }));
        }
        component
    };
    let mut json = component(product);
    let packages: Vec<Value> =
        packages.iter().filter(|purl| !purl.is_empty()).map(|purl| component(purl)).collect();
    if let (false, Some(fields)) = (packages.is_empty(), json.as_object_mut()) {
        fields.insert("subcomponents".to_owned(), Value::Array(packages));
    }
    json
}

/// What names an image: its package URL, or the digest of its configuration where it has no name to make one of.
fn product_of(image: &ImageSummary) -> String {
    let Some(name) = ImageName::parse(&image.name) else {
        let digest = image.digest.as_ref().or(image.image_id.as_ref());
        return digest.cloned().unwrap_or_else(|| image.name.clone());
    };
    let mut purl = format!("pkg:oci/{}", encode(&name.last().to_lowercase()));
    if let Some(digest) = image.digest.as_ref().or(name.digest.as_ref()) {
        purl.push('@');
        purl.push_str(&encode(digest));
    }
    let architecture = image.platform.as_deref().and_then(|platform| platform.split('/').nth(1));
    let mut separator = '?';
    let url = name.whole();
    for (key, value) in
        [("arch", architecture), ("repository_url", Some(url.as_str())), ("tag", name.tag.as_deref())]
    {
        if let Some(value) = value {
            purl.push(separator);
            purl.push_str(&format!("{key}={}", encode(value)));
            separator = '&';
        }
    }
    purl
}
