use std::sync::{Mutex, PoisonError};

use crate::{Error, moment};

/// What is temporary is made anew when it is about to end.
const SLACK_SECONDS: u64 = 300;

/// Something temporary that is made anew in time.
pub(crate) struct Kept<T>(Mutex<Option<(T, u64)>>);

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T: Clone> Kept<T> {
    /// It, made with the time it ends at when there is none or it is about to end; others wait meanwhile.
    pub(crate) fn get(&self, make: impl FnOnce() -> Result<(T, u64), Error>) -> Result<T, Error> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((value, until)) = &*kept
            && *until > moment::now() + SLACK_SECONDS
        {
            return Ok(value.clone());
        }
        let (value, until) = make()?;
        *kept = Some((value.clone(), until));
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_about_to_end_is_made_anew() {
        let (kept, made) = (Kept::default(), std::cell::Cell::new(0));
        let ask = |lasts: u64| {
            let make = || {
                made.set(made.get() + 1);
                Ok((made.get(), moment::now() + lasts))
            };
            kept.get(make).unwrap()
        };
        assert_eq!([ask(60), ask(3600), ask(3600), ask(60)], [1, 2, 2, 2]);
    }
}
