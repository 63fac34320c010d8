use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How fast images may be pulled from one registry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Images an hour; nothing for no limit.
    pub images_per_hour: Option<u32>,
    /// Pulls at the same time; nothing for no limit.
    pub at_once: Option<u32>,
}

/// The limits of all registries that a process pulls from, shared by all who pull.
#[derive(Clone, Debug, Default)]
pub struct Limiter {
    registries: Arc<Mutex<HashMap<String, Arc<Gate>>>>,
}

/// The right to pull one image; given back when it is dropped.
#[derive(Debug)]
pub struct Permit {
    gate: Arc<Gate>,
}

#[derive(Debug)]
struct Gate {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    limits: Limits,
    running: u32,
    /// When the next image may be begun.
    free: Option<Instant>,
}

impl Limiter {
    /// Sets the limits of a registry; who waits already waits by the new ones.
    pub fn set(&self, registry: &str, limits: Limits) {
        let gate = self.gate(registry);
        let mut state = gate.lock();
        if state.limits.images_per_hour != limits.images_per_hour {
            state.free = None;
        }
        state.limits = limits;
        drop(state);
        gate.changed.notify_all();
    }

    /// Waits until an image may be pulled from a registry; nothing when `give_up` says so first, or there is no end.
    ///
    /// Images of a limit per hour are spread evenly over it, so that a registry never sees them all at once.
    #[must_use]
    pub fn wait(&self, registry: &str, give_up: &dyn Fn() -> bool) -> Option<Permit> {
        /// How often somebody who waits looks whether to give up.
        const LOOK: Duration = Duration::from_millis(100);
        let gate = self.gate(registry);
        let mut state = gate.lock();
        loop {
            if give_up() {
                return None;
            }
            match state.take(Instant::now()) {
                Wait::Over => {
                    drop(state);
                    return Some(Permit { gate });
                }
                Wait::For(time) => {
                    let waited = gate.changed.wait_timeout(state, time.min(LOOK));
                    state = waited.unwrap_or_else(PoisonError::into_inner).0;
                }
            }
        }
    }

    fn gate(&self, registry: &str) -> Arc<Gate> {
        let mut registries = self.registries.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = || {
            let state = State { limits: Limits::default(), running: 0, free: None };
            Arc::new(Gate { state: Mutex::new(state), changed: Condvar::new() })
        };
        Arc::clone(registries.entry(registry.to_owned()).or_insert_with(fresh))
    }
}

/// How long somebody has to wait.
#[derive(Debug, PartialEq, Eq)]
enum Wait {
    Over,
    For(Duration),
}

impl State {
    /// Begins a pull if that is allowed now.
    fn take(&mut self, now: Instant) -> Wait {
        const HOUR: Duration = Duration::from_secs(3600);
        if self.limits.at_once.is_some_and(|most| self.running >= most) {
            // Whoever ends one wakes those who wait.
            return Wait::For(HOUR);
        }
        if let Some(images) = self.limits.images_per_hour {
            if let Some(left) =
                self.free.and_then(|free| free.checked_duration_since(now)).filter(|left| !left.is_zero())
            {
                return Wait::For(left);
            }
            // A limit of nothing is waited for in vain: the next image is always an hour away.
            let Some(step) = HOUR.checked_div(images) else { return Wait::For(HOUR) };
            self.free = Some(now + step);
        }
        self.running += 1;
        Wait::Over
    }
}

impl Gate {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.gate.lock().running -= 1;
        self.gate.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(images_per_hour: Option<u32>, at_once: Option<u32>) -> State {
        State { limits: Limits { images_per_hour, at_once }, running: 0, free: None }
    }

    #[test]
    fn images_are_spread_over_the_hour() {
        for (images, seconds) in [(5, 720), (10, 360), (20, 180), (50, 72), (100, 36), (3600, 1)] {
            let mut state = state(Some(images), None);
            let start = Instant::now();
            assert_eq!(state.take(start), Wait::Over);
            assert_eq!(state.take(start), Wait::For(Duration::from_secs(seconds)));
            let almost = start + Duration::from_secs(seconds) - Duration::from_millis(1);
            assert_eq!(state.take(almost), Wait::For(Duration::from_millis(1)));
            assert_eq!(state.take(start + Duration::from_secs(seconds)), Wait::Over);
        }
        let mut free = state(None, None);
        assert!((0..5000).all(|_| free.take(Instant::now()) == Wait::Over));
        assert_ne!(state(Some(0), None).take(Instant::now()), Wait::Over);
    }

    #[test]
    fn a_permit_that_is_given_back_lets_the_next_one_in() {
        let limiter = Limiter::default();
        limiter.set("a", Limits { images_per_hour: None, at_once: Some(2) });
        let never = || false;
        let first = limiter.wait("a", &never).unwrap();
        let _second = limiter.wait("a", &never).unwrap();
        let asked = std::cell::Cell::new(0);
        let soon = || asked.replace(asked.get() + 1) > 1;
        assert!(limiter.wait("a", &soon).is_none());
        assert!(limiter.wait("b", &never).is_some(), "another registry is not concerned");
        let other = limiter.clone();
        let waiting = std::thread::spawn(move || other.wait("a", &|| false).is_some());
        drop(first);
        assert!(waiting.join().unwrap());
    }
}
