use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};

use super::NOTICES;

/// A list of which no more is kept than one body may tell; what does not matter is dropped while it is read.
pub(super) struct Few<T>(pub(super) Vec<T>);

/// One entry of such a list.
pub(super) trait Entry {
    /// Whether a notice comes of it.
    fn matters(&self) -> bool {
        true
    }
}

impl Entry for String {}

impl<'de, T: Entry + Deserialize<'de>> Deserialize<'de> for Few<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Entries(PhantomData))
    }
}

struct Entries<T>(PhantomData<T>);

impl<'de, T: Entry + Deserialize<'de>> Visitor<'de> for Entries<T> {
    type Value = Few<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "a list of at most {NOTICES} entries")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Few<T>, A::Error> {
        let mut kept = Vec::new();
        while let Some(entry) = list.next_element::<T>()? {
            if !entry.matters() {
                continue;
            }
            if kept.len() >= NOTICES {
                return Err(A::Error::custom(format!("it holds more than {NOTICES} notices")));
            }
            kept.push(entry);
        }
        Ok(Few(kept))
    }
}
