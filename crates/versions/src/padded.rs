//! Lists of which the shorter goes on with zeros.

use std::cmp::Ordering;

/// Compares item by item; where one list has ended, `zero` stands in its place.
pub(crate) fn compare_padded<T: Ord>(a: &[T], b: &[T], zero: &T) -> Ordering {
    (0..a.len().max(b.len()))
        .map(|i| a.get(i).unwrap_or(zero).cmp(b.get(i).unwrap_or(zero)))
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_on_with_zeros_on_either_side() {
        for (a, b, order) in [
            (&[1, 2][..], &[1, 2, 0][..], Ordering::Equal),
            (&[1, 2], &[1, 2, 0, 1], Ordering::Less),
            (&[1, 2], &[1, 2, -1], Ordering::Greater),
            (&[], &[], Ordering::Equal),
            (&[2], &[1, 9], Ordering::Greater),
        ] {
            assert_eq!(compare_padded(a, b, &0), order, "{a:?} {b:?}");
            assert_eq!(compare_padded(b, a, &0), order.reverse(), "{b:?} {a:?}");
        }
    }
}
