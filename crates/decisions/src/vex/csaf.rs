//! CSAF 2.0 and 2.1, as vendors publish it: <https://docs.oasis-open.org/csaf/csaf/v2.0/csaf-v2.0.html>.
//!
//! The profile `csaf_vex` and security advisories alike. Known gaps: products that are named by CPE, hash or serial
//! number alone; relationships of relationships; of several package URLs of one product only the first is used.

use std::collections::HashMap;

use model::SuppressionStatus;
use serde::Deserialize;

use super::{Builder, Said, Status};
use crate::statement::{self, Thing, Things, Undecided};

/// The most groups that one product may be in.
const MOST_GROUPS: usize = 64;

#[derive(Deserialize)]
pub(super) struct Csaf {
    document: Meta,
    #[serde(default)]
    product_tree: ProductTree,
    #[serde(default)]
    vulnerabilities: Vec<Vulnerability>,
}

#[derive(Deserialize)]
struct Meta {
    csaf_version: Option<String>,
    tracking: Option<Tracking>,
}

#[derive(Deserialize)]
struct Tracking {
    #[serde(default)]
    id: String,
    current_release_date: Option<String>,
}

#[derive(Default, Deserialize)]
struct ProductTree {
    #[serde(default)]
    branches: Vec<Branch>,
    #[serde(default)]
    full_product_names: Vec<Product>,
    #[serde(default)]
    relationships: Vec<Relationship>,
    #[serde(default)]
    product_groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Branch {
    #[serde(default)]
    branches: Vec<Branch>,
    product: Option<Product>,
}

#[derive(Deserialize)]
struct Product {
    product_id: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    product_identification_helper: Helper,
}

#[derive(Default, Deserialize)]
struct Helper {
    purl: Option<String>,
    /// CSAF 2.1.
    #[serde(default)]
    purls: Vec<String>,
}

#[derive(Deserialize)]
struct Relationship {
    category: String,
    product_reference: String,
    relates_to_product_reference: String,
    full_product_name: Product,
}

#[derive(Deserialize)]
struct Group {
    group_id: String,
    #[serde(default)]
    product_ids: Vec<String>,
}

#[derive(Deserialize)]
struct Vulnerability {
    cve: Option<String>,
    #[serde(default)]
    ids: Vec<Id>,
    #[serde(default)]
    product_status: ProductStatus,
    #[serde(default)]
    flags: Vec<Flag>,
    #[serde(default)]
    threats: Vec<Threat>,
}

#[derive(Deserialize)]
struct Id {
    text: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ProductStatus {
    known_not_affected: Vec<String>,
    fixed: Vec<String>,
    first_fixed: Vec<String>,
    known_affected: Vec<String>,
    first_affected: Vec<String>,
    last_affected: Vec<String>,
    under_investigation: Vec<String>,
    /// CSAF 2.1.
    unknown: Vec<String>,
}

#[derive(Deserialize)]
struct Flag {
    label: String,
    #[serde(default)]
    product_ids: Vec<String>,
    #[serde(default)]
    group_ids: Vec<String>,
}

#[derive(Deserialize)]
struct Threat {
    category: String,
    #[serde(default)]
    details: String,
    #[serde(default)]
    product_ids: Vec<String>,
    #[serde(default)]
    group_ids: Vec<String>,
}

pub(super) fn read(document: Csaf, builder: &mut Builder) -> Result<(), String> {
    match document.document.csaf_version.as_deref() {
        Some(version) if version.starts_with("2.") => {}
        Some(version) => return Err(format!("CSAF `{version}` is not known: 2.0 and 2.1 are")),
        None => return Err("its `document` has no `csaf_version`, as CSAF has".to_owned()),
    }
    let tracking = document.document.tracking;
    builder.named(tracking.as_ref().map_or("", |tracking| &tracking.id));
    let timestamp = tracking.as_ref().and_then(|tracking| tracking.current_release_date.as_deref());
    let tree = Tree::new(&document.product_tree)?;
    document
        .vulnerabilities
        .iter()
        .try_for_each(|vulnerability| vulnerability.read(&tree, timestamp, builder))
}

impl Vulnerability {
    fn read(&self, tree: &Tree<'_>, timestamp: Option<&str>, builder: &mut Builder) -> Result<(), String> {
        let ids =
            statement::ids(self.cve.iter().chain(self.ids.iter().map(|id| &id.text)).map(String::as_str))?;
        let not_affected = Status::Suppressed(SuppressionStatus::NotAffected);
        let fixed = Status::Suppressed(SuppressionStatus::Fixed);
        let notes = Notes::new(self);
        let status = &self.product_status;
        // What stands comes last, and so holds against a document that says both.
        for (status, products) in [
            (not_affected, &status.known_not_affected),
            (fixed, &status.fixed),
            (fixed, &status.first_fixed),
            (Status::Stands, &status.under_investigation),
            (Status::Stands, &status.unknown),
            (Status::Stands, &status.known_affected),
            (Status::Stands, &status.first_affected),
            (Status::Stands, &status.last_affected),
        ] {
            for product in products {
                match tree.things(product) {
                    Err(why) => builder.undecided(&ids, why, tree.name(product)),
                    Ok((products, packages)) => {
                        let reason = notes.reason(product, tree);
                        builder.add(Said { ids: &ids, products, packages, status, reason, timestamp });
                    }
                }
            }
        }
        Ok(())
    }
}

/// The products of a document by their ids.
struct Tree<'a> {
    products: HashMap<&'a str, &'a Product>,
    things: HashMap<&'a str, Result<Thing, Undecided>>,
    relationships: HashMap<&'a str, &'a Relationship>,
    groups: HashMap<&'a str, Vec<&'a str>>,
}

impl<'a> Tree<'a> {
    fn new(tree: &'a ProductTree) -> Result<Self, String> {
        let mut products = HashMap::new();
        let mut open: Vec<&Branch> = tree.branches.iter().collect();
        while let Some(branch) = open.pop() {
            products.extend(branch.product.iter().map(|product| (product.product_id.as_str(), product)));
            open.extend(&branch.branches);
        }
        products.extend(tree.full_product_names.iter().map(|product| (product.product_id.as_str(), product)));
        let things = products.iter().map(|(id, product)| (*id, product.thing())).collect();
        let relationships: HashMap<&str, &Relationship> = tree
            .relationships
            .iter()
            .map(|related| (related.full_product_name.product_id.as_str(), related))
            .collect();
        let mut groups: HashMap<&str, Vec<&str>> = HashMap::new();
        for group in &tree.product_groups {
            for product in &group.product_ids {
                let of_product = groups.entry(product).or_default();
                if of_product.len() == MOST_GROUPS {
                    return Err(format!("the product `{product}` is in more than {MOST_GROUPS} groups"));
                }
                of_product.push(&group.group_id);
            }
        }
        Ok(Self { products, things, relationships, groups })
    }

    /// The products and the packages in them that a product id stands for.
    fn things(&self, id: &str) -> Result<(Things, Option<Things>), Undecided> {
        let Some(related) = self.relationships.get(id) else {
            return self.thing(id).map(|thing| (thing.into(), None));
        };
        if let Some(package) = related.full_product_name.helped() {
            return package.map(|thing| (thing.into(), None));
        }
        let package = self.thing(&related.product_reference)?;
        let product = self.thing(&related.relates_to_product_reference)?;
        match related.category.as_str() {
            "default_component_of"
            | "optional_component_of"
            | "installed_on"
            | "installed_with"
            | "external_component_of" => Ok((product.into(), Some(package.into()))),
            _ => Err(Undecided::Product),
        }
    }

    fn thing(&self, id: &str) -> Result<Thing, Undecided> {
        self.things.get(id).cloned().unwrap_or(Err(Undecided::Product))
    }

    fn name(&self, id: &'a str) -> &'a str {
        self.products.get(id).map_or(id, |product| if product.name.is_empty() { id } else { &product.name })
    }
}

impl Product {
    /// What its package URLs name, when it has any.
    fn helped(&self) -> Option<Result<Thing, Undecided>> {
        let helper = &self.product_identification_helper;
        helper.purl.iter().chain(&helper.purls).next().map(|purl| Thing::parse(purl))
    }

    /// What it is: by its package URL, or as the name of an image with a tag or a digest.
    ///
    /// A name alone is a product's, not an image's: `nginx` is said of any build of it.
    fn thing(&self) -> Result<Thing, Undecided> {
        self.helped().unwrap_or_else(|| match Thing::parse(&self.name) {
            Ok(Thing::Name(name)) if name.contains(':') => Ok(Thing::Name(name)),
            Ok(_) | Err(_) => Err(Undecided::Product),
        })
    }
}

/// The justifications and impact statements of a vulnerability, by product or group.
struct Notes<'a> {
    by_target: HashMap<&'a str, Vec<&'a str>>,
    everywhere: Vec<&'a str>,
}

impl<'a> Notes<'a> {
    fn new(vulnerability: &'a Vulnerability) -> Self {
        let mut notes = Self { by_target: HashMap::new(), everywhere: Vec::new() };
        for flag in &vulnerability.flags {
            notes.add(&flag.label, &flag.product_ids, &flag.group_ids);
        }
        for threat in vulnerability.threats.iter().filter(|threat| threat.category == "impact") {
            notes.add(&threat.details, &threat.product_ids, &threat.group_ids);
        }
        notes
    }

    fn add(&mut self, text: &'a str, products: &'a [String], groups: &'a [String]) {
        if products.is_empty() && groups.is_empty() {
            self.everywhere.push(text);
        }
        for target in products.iter().chain(groups) {
            self.by_target.entry(target).or_default().push(text);
        }
    }

    /// The reason for one product: what is said of it, of its groups and of everything, the first few of each.
    fn reason(&self, product: &str, tree: &Tree<'_>) -> String {
        let groups = tree.groups.get(product).into_iter().flatten().copied();
        let listed = std::iter::once(product).chain(groups).filter_map(|target| self.by_target.get(target));
        let parts: Vec<&str> = listed.flat_map(|texts| texts.iter().take(3)).copied().collect();
        let parts: Vec<&str> =
            parts.into_iter().chain(self.everywhere.iter().take(3).copied()).take(6).collect();
        statement::reason(&parts)
    }
}
