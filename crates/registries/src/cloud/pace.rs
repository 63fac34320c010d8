use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Keeps requests below a quota.
pub(super) struct Pace {
    between: Duration,
    next: Mutex<Instant>,
}

impl Pace {
    pub(super) fn new(per_second: u32) -> Self {
        Self { between: Duration::from_secs(1) / per_second.max(1), next: Mutex::new(Instant::now()) }
    }

    /// Waits until the next request may be sent.
    pub(super) fn wait(&self) {
        let turn = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let turn = (*next).max(Instant::now());
            *next = turn + self.between;
            turn
        };
        std::thread::sleep(turn.saturating_duration_since(Instant::now()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_below_a_quota() {
        let (pace, start) = (Pace::new(100), Instant::now());
        (0..6).for_each(|_| pace.wait());
        assert!(start.elapsed() >= Duration::from_millis(50));
    }
}
