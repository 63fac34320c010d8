use std::fmt;
use std::marker::PhantomData;

use serde::de::value::StrDeserializer;
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};

/// The most values of one list in a filter.
const MOST: usize = 50;

/// Reads a list that is written `a,b` in an address, and as a list in JSON.
pub(crate) fn several<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    deserializer.deserialize_any(Several(PhantomData))
}

struct Several<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Several<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at most {MOST} values, with commas between them")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Vec<T>, E> {
        let words: Vec<&str> = text.split(',').filter(|word| !word.is_empty()).collect();
        if words.len() > MOST {
            return Err(E::invalid_length(words.len(), &self));
        }
        words.into_iter().map(|word| T::deserialize(StrDeserializer::new(word))).collect()
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Vec<T>, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = sequence.next_element()? {
            if values.len() == MOST {
                return Err(A::Error::invalid_length(MOST + 1, &self));
            }
            values.push(value);
        }
        Ok(values)
    }
}

/// Reads ids that are written `1,2` in an address, and as a list of numbers in JSON.
pub(crate) fn several_ids<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<i64>, D::Error> {
    let ids: Vec<Id> = several(deserializer)?;
    Ok(ids.into_iter().map(|Id(id)| id).collect())
}

/// An id, written as a number or in its digits.
struct Id(i64);

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl Visitor<'_> for Either {
            type Value = Id;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the id of a thing")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Id, E> {
                text.parse().map(Id).map_err(E::custom)
            }

            fn visit_i64<E: Error>(self, id: i64) -> Result<Id, E> {
                Ok(Id(id))
            }

            fn visit_u64<E: Error>(self, id: u64) -> Result<Id, E> {
                i64::try_from(id).map(Id).map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Either)
    }
}
