//! OpenVEX, as `vexctl` and build tools write it: <https://github.com/openvex/spec>.
//!
//! Known gap: CPE identifiers are not held against packages.

use model::SuppressionStatus;
use serde::Deserialize;

use super::{Builder, Said, Status};
use crate::statement::{self, Thing, Things, Undecided};

#[derive(Deserialize)]
pub(super) struct OpenVex {
    #[serde(rename = "@id", default)]
    id: String,
    timestamp: Option<String>,
    last_updated: Option<String>,
    #[serde(default)]
    statements: Vec<RawStatement>,
}

#[derive(Deserialize)]
struct RawStatement {
    vulnerability: Option<Vulnerability>,
    #[serde(default)]
    products: Vec<Product>,
    status: String,
    #[serde(default)]
    justification: String,
    #[serde(default)]
    impact_statement: String,
    #[serde(default)]
    status_notes: String,
    timestamp: Option<String>,
    last_updated: Option<String>,
}

/// Version 0.0.1 wrote the id alone.
#[derive(Deserialize)]
#[serde(untagged)]
enum Vulnerability {
    Id(String),
    Named {
        #[serde(rename = "@id", default)]
        id: String,
        #[serde(default)]
        name: String,
        #[serde(default)]
        aliases: Vec<String>,
    },
}

/// Version 0.0.1 wrote the id alone.
#[derive(Deserialize)]
#[serde(untagged)]
enum Product {
    Id(String),
    Component {
        #[serde(flatten)]
        component: Component,
        #[serde(default)]
        subcomponents: Vec<Subcomponent>,
    },
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Subcomponent {
    Id(String),
    Component(Component),
}

#[derive(Deserialize)]
struct Component {
    #[serde(rename = "@id", default)]
    id: String,
    #[serde(default)]
    identifiers: Identifiers,
}

#[derive(Default, Deserialize)]
struct Identifiers {
    #[serde(default)]
    purl: String,
}

pub(super) fn read(document: OpenVex, builder: &mut Builder) -> Result<(), String> {
    builder.named(&document.id);
    let own = document.last_updated.or(document.timestamp);
    for raw in document.statements {
        read_statement(&raw, own.as_deref(), builder)?;
    }
    Ok(())
}

fn read_statement(raw: &RawStatement, own: Option<&str>, builder: &mut Builder) -> Result<(), String> {
    let ids = match &raw.vulnerability {
        None => statement::ids(std::iter::empty()),
        Some(Vulnerability::Id(id)) => statement::ids(std::iter::once(id.as_str())),
        Some(Vulnerability::Named { id, name, aliases }) => {
            statement::ids([name, id].into_iter().chain(aliases).map(String::as_str))
        }
    }?;
    let status = match raw.status.as_str() {
        "not_affected" => Status::Suppressed(SuppressionStatus::NotAffected),
        "fixed" => Status::Suppressed(SuppressionStatus::Fixed),
        "affected" | "under_investigation" => Status::Stands,
        other => {
            return Err(format!(
                "`{other}` is not a status (not_affected, affected, fixed, under_investigation)"
            ));
        }
    };
    if raw.products.is_empty() {
        builder.undecided(&ids, Undecided::NoProduct, "");
    }
    let reason = statement::reason(&[&raw.justification, &raw.impact_statement, &raw.status_notes]);
    for product in &raw.products {
        let (things, packages) = match product {
            Product::Id(id) => (things(&[id]), None),
            Product::Component { component, subcomponents } => {
                let listed = (!subcomponents.is_empty()).then(|| all_subcomponents(subcomponents));
                (things(&component.names()), listed)
            }
        };
        let gaps = things.1.iter().chain(packages.iter().flat_map(|(_, gaps)| gaps));
        for (why, text) in gaps {
            builder.undecided(&ids, *why, text);
        }
        let packages = packages.map(|(packages, _)| packages);
        if things.0.is_empty() || packages.as_ref().is_some_and(Things::is_empty) {
            continue;
        }
        let timestamp = raw.last_updated.as_deref().or(raw.timestamp.as_deref()).or(own);
        builder.add(Said {
            ids: &ids,
            products: things.0,
            packages,
            status,
            reason: reason.clone(),
            timestamp,
        });
    }
    Ok(())
}

type ThingsAndGaps<'a> = (Things, Vec<(Undecided, &'a str)>);

impl Component {
    /// The package URL says more than an `@id`, which may be anything.
    fn names(&self) -> Vec<&str> {
        match (self.identifiers.purl.as_str(), self.id.as_str()) {
            ("", id) => vec![id],
            (purl, _) => vec![purl],
        }
    }
}

fn all_subcomponents(list: &[Subcomponent]) -> ThingsAndGaps<'_> {
    let names: Vec<&str> = list
        .iter()
        .flat_map(|subcomponent| match subcomponent {
            Subcomponent::Id(id) => vec![id.as_str()],
            Subcomponent::Component(component) => component.names(),
        })
        .collect();
    things(&names)
}

fn things<'a>(names: &[&'a str]) -> ThingsAndGaps<'a> {
    let mut things = Things::default();
    let mut gaps = Vec::new();
    for name in names {
        match Thing::parse(name) {
            Ok(thing) => things.add(thing),
            Err(why) => gaps.push((why, *name)),
        }
    }
    (things, gaps)
}
