//! Which ecosystems a distribution's advisories are published under.

use model::Distribution;

/// What a distribution is to us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum System {
    /// It is known, by the names its advisories may go by; those under any of them count.
    Ecosystem(Vec<String>),
    /// It is known, but which release is not said (Debian unstable).
    NoRelease,
    /// It is not. The children of a distribution are not taken for their parent: they rebuild what they ship.
    NotKnown,
}

/// The ecosystem of a distribution.
pub(crate) fn system(distribution: &Distribution) -> System {
    let Some(known) = distributions::find(distribution) else { return System::NotKnown };
    let names = known.ecosystems(distribution);
    if names.is_empty() { System::NoRelease } else { System::Ecosystem(names) }
}
