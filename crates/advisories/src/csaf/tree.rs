//! The products and components of a CSAF document and how they are related.

use std::collections::HashMap;

use super::Node;
use super::document::{Branch, Product, ProductTree};

/// How often a relation may stand in the place of a product: a module of a release is one.
const NESTING: usize = 4;

/// Lookups by id.
pub(super) struct Tree<'t> {
    nodes: HashMap<&'t str, Node<'t>>,
    /// For each relation the component and what it is part of.
    relations: HashMap<&'t str, (&'t str, &'t str)>,
}

/// A component of a product.
#[derive(Clone, Copy, Debug)]
pub(super) struct Relation<'t> {
    pub(super) product: Node<'t>,
    pub(super) module: Option<Node<'t>>,
    pub(super) component: Node<'t>,
}

impl<'t> Tree<'t> {
    pub(super) fn new(tree: &'t ProductTree<'_>) -> Self {
        let mut nodes: HashMap<&str, Node<'_>> = HashMap::new();
        let mut open: Vec<&Branch<'_>> = tree.branches.iter().collect();
        while let Some(branch) = open.pop() {
            nodes.extend(branch.product.iter().map(node));
            open.extend(&branch.branches);
        }
        nodes.extend(tree.full_product_names.iter().map(node));
        let relations = tree.relationships.iter().map(|related| {
            let parts = (&*related.product_reference, &*related.relates_to_product_reference);
            (&*related.full_product_name.product_id, parts)
        });
        Self { nodes, relations: relations.collect() }
    }

    /// What a relation is between. One that the document does not list is read from its id, `product:component`.
    pub(super) fn relation(&self, id: &'t str) -> Option<Relation<'t>> {
        let (component, mut whole) = self.relations.get(id).copied().or_else(|| {
            let (product, component) = id.split_once(':')?;
            Some((component, product))
        })?;
        let mut module = None;
        for _ in 0..NESTING {
            let Some((part, of)) = self.relations.get(whole).copied() else {
                let component = self.node(component);
                return Some(Relation {
                    product: self.node(whole),
                    module: module.map(|id| self.node(id)),
                    component,
                });
            };
            (module, whole) = (Some(part), of);
        }
        None
    }

    fn node(&self, id: &'t str) -> Node<'t> {
        self.nodes.get(id).copied().unwrap_or(Node { id, cpe: None, purl: None })
    }
}

fn node<'t>(product: &'t Product<'_>) -> (&'t str, Node<'t>) {
    let helper = product.product_identification_helper.as_ref();
    let id = &*product.product_id;
    let cpe = helper.and_then(|helper| helper.cpe.as_deref());
    (id, Node { id, cpe, purl: helper.and_then(|helper| helper.purl.as_deref()) })
}
