//! What a run may cost the target: requests, failed logins per user, pace.

use crate::clock::clock;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::Limits;

/// The running counts of one run, shared by all its cases.
#[derive(Debug)]
pub(crate) struct Budget {
    limits: Limits,
    spent: Mutex<Spent>,
}

#[derive(Debug, Default)]
struct Spent {
    requests: usize,
    failed: HashMap<String, u32>,
    next: Option<Instant>,
}

impl Budget {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, spent: Mutex::default() }
    }

    pub(crate) fn timeout(&self) -> Duration {
        self.limits.timeout
    }

    /// Whether a case that cannot pass any more is given up.
    pub(crate) fn until_failure(&self) -> bool {
        self.limits.until_failure
    }

    /// Takes one request out of the budget, and waits until the pace allows it.
    ///
    /// # Errors
    /// Which limit is used up.
    pub(crate) fn request(&self) -> Result<(), String> {
        let wait = {
            let mut spent = self.lock();
            if let Some(max) = self.limits.max_requests.filter(|max| spent.requests >= *max) {
                return Err(format!("the budget of {max} requests is used up (`max_requests`)"));
            }
            spent.requests += 1;
            self.limits.requests_per_second.filter(|rate| *rate > 0.0).map(|rate| spent.turn(rate))
        };
        if let Some(wait) = wait {
            pause(wait);
        }
        Ok(())
    }

    /// Lets real time pass, where the target's owner allows it.
    ///
    /// # Errors
    /// That it is too long.
    pub(crate) fn wait(&self, seconds: i64) -> Result<(), String> {
        let wait = Duration::from_secs(u64::try_from(seconds).unwrap_or_default());
        if wait > self.limits.longest_wait {
            return Err(format!(
                "nobody can move the target's clock, and {seconds} s are longer than `longest_wait_seconds`"
            ));
        }
        pause(wait);
        Ok(())
    }

    /// Whether one more failed login of `user` is allowed; to be asked before it is sent.
    ///
    /// # Errors
    /// Which limit is reached.
    pub(crate) fn may_fail(&self, user: &str) -> Result<(), String> {
        let failed = self.lock().failed.get(user).copied().unwrap_or_default();
        match self.limits.failed_logins_per_user {
            Some(max) if failed >= max => {
                Err(format!("{max} logins of one user failed in a row (`failed_logins_per_user`)"))
            }
            _ => Ok(()),
        }
    }

    /// Counts a login of `user`.
    pub(crate) fn login(&self, user: &str, granted: bool) {
        let mut spent = self.lock();
        let failed = spent.failed.entry(user.to_owned()).or_default();
        *failed = if granted { 0 } else { *failed + 1 };
    }

    /// Requests so far.
    pub(crate) fn requests(&self) -> usize {
        self.lock().requests
    }

    fn lock(&self) -> MutexGuard<'_, Spent> {
        self.spent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Spent {
    /// Reserves the next moment at `rate`; how long it is until then.
    fn turn(&mut self, rate: f64) -> Duration {
        let now = clock();
        let at = self.next.map_or(now, |next| next.max(now));
        self.next = Some(at + Duration::from_secs_f64((1.0 / rate).min(3600.0)));
        at.saturating_duration_since(now)
    }
}

#[expect(clippy::disallowed_methods, reason = "the target's owner limits the real pace of requests")]
fn pause(wait: Duration) {
    std::thread::sleep(wait);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_end_with_the_budget() {
        let budget = Budget::new(Limits { max_requests: Some(1), ..Limits::default() });
        assert!(budget.request().is_ok());
        assert!(budget.request().unwrap_err().contains("max_requests"));
        assert_eq!(budget.requests(), 1);
    }

    #[test]
    fn a_success_starts_the_count_of_failures_anew() {
        let budget = Budget::new(Limits { failed_logins_per_user: Some(1), ..Limits::default() });
        budget.login("a", false);
        assert!(budget.may_fail("a").is_err());
        assert!(budget.may_fail("b").is_ok());
        budget.login("a", true);
        assert!(budget.may_fail("a").is_ok());
    }

    #[test]
    fn a_pace_spreads_requests() {
        let mut spent = Spent::default();
        assert_eq!(spent.turn(0.5), Duration::ZERO);
        assert!(spent.turn(0.5) > Duration::from_secs(1));
    }
}
