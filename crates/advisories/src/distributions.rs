//! Which ecosystems a distribution's advisories are published under.

use distributions::Known;
use model::Distribution;

use crate::database::Database;

/// What a distribution is to us.
#[derive(Clone, Debug)]
pub(crate) enum System {
    /// It is known, by the names its advisories may go by; those under any of them count.
    Ecosystem(&'static Known, Vec<String>),
    /// It is known, but which release is not said (Debian unstable).
    NoRelease,
    /// It is not. The children of a distribution are not taken for their parent: they rebuild what they ship.
    NotKnown,
}

/// What a distribution is, with the names of ecosystems as the database has them.
pub(crate) fn system(distribution: Option<&Distribution>, database: &Database) -> System {
    resolved(distribution, |name| database.ecosystems(name))
}

/// What a distribution is, with the names of ecosystems as they are asked for.
pub(crate) fn system_by_itself(distribution: Option<&Distribution>) -> System {
    resolved(distribution, |_| Vec::new())
}

fn resolved(distribution: Option<&Distribution>, in_database: impl Fn(&str) -> Vec<String>) -> System {
    let Some(distribution) = distribution else { return System::NotKnown };
    let Some(known) = distributions::find(distribution) else { return System::NotKnown };
    let names = known.ecosystems(distribution);
    if names.is_empty() {
        return System::NoRelease;
    }
    let mut found: Vec<String> = names.iter().flat_map(|name| in_database(name)).collect();
    found.dedup();
    System::Ecosystem(known, if found.is_empty() { names } else { found })
}
