//! Who has enrolled what: the authenticators that users came with as a shared base, and what changed since as an
//! overlay. Used codes are remembered here too.
//!
//! Bounded by the users and by [`MOST`] for each of them.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::factor::{Authenticator, Kind};
use crate::tenant::secret::Secret;
use crate::tenant::user::User;

/// Authenticators that a user may have (MFA-ASC-24).
const MOST: usize = 20;

/// What came of using a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Used {
    /// It had not been used, and now is.
    First,
    /// It was used before, or its authenticator is gone.
    Again,
}

/// No further authenticator can be kept for this user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooMany;

/// What changed since the tenant was loaded, by subject.
#[derive(Debug, Default)]
pub(crate) struct Enrolments {
    overlay: Mutex<HashMap<String, Vec<Authenticator>>>,
}

impl Enrolments {
    /// What the user has enrolled, in order of creation; confirmed or not.
    pub(crate) fn of(&self, user: &User) -> Vec<Authenticator> {
        let overlay = self.overlay.lock().unwrap_or_else(PoisonError::into_inner);
        overlay.get(&user.subject).map_or_else(|| user.authenticators.clone(), Clone::clone)
    }

    /// Adds authenticators that belong together. The recovery code goes with them if the user has no factor yet and nothing
    /// else was begun by the same token (MFA-ASC-11): who begins by another one is told another code, since they may be
    /// somebody else. Returns whether it goes with them.
    pub(crate) fn associate(
        &self,
        user: &User,
        new: Vec<Authenticator>,
        recovery: Option<Authenticator>,
        always: bool,
    ) -> Result<bool, TooMany> {
        self.change(user, |own| {
            if own.len() + new.len() > MOST {
                return Err(TooMany);
            }
            let begun = |one: &Authenticator| new.first().is_some_and(|new| new.begun == one.begun);
            let first = own.iter().all(|one| !one.active && !begun(one)) || always;
            own.extend(new);
            let recovery = recovery.filter(|_| first);
            let given = recovery.is_some();
            own.extend(recovery);
            Ok(given)
        })
    }

    /// Marks the code of a step as used: of many who try at once, one alone is the first (MFA-OTP-04, MFA-OTP-15). Steps
    /// before `oldest` can no longer be taken, and are forgotten.
    pub(crate) fn spend_step(&self, user: &User, id: &str, step: i64, oldest: i64) -> Used {
        self.change(user, |own| {
            let Some(authenticator) = own.iter_mut().find(|one| one.id == id) else { return Used::Again };
            authenticator.used_steps.retain(|used| *used >= oldest);
            if authenticator.used_steps.contains(&step) {
                return Used::Again;
            }
            authenticator.used_steps.push(step);
            Used::First
        })
    }

    /// Puts a new recovery code in place of the one that was presented: of many who try at once, one alone does
    /// (MFA-REC-02, MFA-REC-16).
    pub(crate) fn replace_recovery_code(&self, user: &User, presented: &Secret, new: Secret) -> Used {
        self.change(user, |own| {
            let found = own.iter_mut().find_map(|one| match &mut one.kind {
                Kind::RecoveryCode(code) if code == presented => Some(code),
                _ => None,
            });
            match found {
                Some(code) => {
                    *code = new;
                    Used::First
                }
                None => Used::Again,
            }
        })
    }

    /// A good code came: the authenticator, its pair and the recovery code that was told along with it count from now on
    /// (MFA-ASC-19, MFA-ASC-20); one that others were told never will. Returns whether they did not before.
    pub(crate) fn confirm(&self, user: &User, id: &str) -> bool {
        self.change(user, |own| {
            let confirmed = own.iter().find(|one| one.id == id && !one.active);
            let Some((pair, begun)) = confirmed.map(|one| (one.pair.clone(), one.begun.clone())) else {
                return false;
            };
            own.retain(|one| one.is_factor() || one.active || one.begun == begun);
            for one in own.iter_mut().filter(|one| one.pair == pair || !one.is_factor()) {
                one.active = true;
            }
            true
        })
    }

    /// A phone has scanned, and says what it is called.
    pub(crate) fn name_device(&self, user: &User, id: &str, name: &str) {
        self.change(user, |own| {
            if let Some(Kind::Push { device }) =
                own.iter_mut().find(|one| one.id == id).map(|one| &mut one.kind)
            {
                *device = Some(name.to_owned());
            }
        });
    }

    /// Ends an authenticator and its pair (MFA-AUT-13); with the last factor goes the recovery code (MFA-AUT-17). Returns the
    /// ids that are gone, none if there was none of that id.
    pub(crate) fn delete(&self, user: &User, id: &str, pairs: bool) -> Vec<String> {
        self.change(user, |own| {
            let Some(pair) = own.iter().find(|one| one.id == id).map(|one| one.pair.clone()) else {
                return Vec::new();
            };
            let goes = |one: &Authenticator| one.id == id || (pairs && one.pair == pair);
            let mut gone: Vec<String> =
                own.iter().filter(|one| goes(one)).map(|one| one.id.clone()).collect();
            own.retain(|one| !goes(one));
            if !own.iter().any(Authenticator::is_factor) {
                gone.extend(own.drain(..).map(|one| one.id));
            }
            gone
        })
    }

    /// Forgets what users did who were deleted: who is created anew has what they come with.
    pub(crate) fn forget_users(&self, gone: impl Fn(&str) -> bool) {
        self.overlay.lock().unwrap_or_else(PoisonError::into_inner).retain(|subject, _| !gone(subject));
    }

    fn change<T>(&self, user: &User, change: impl FnOnce(&mut Vec<Authenticator>) -> T) -> T {
        let mut overlay = self.overlay.lock().unwrap_or_else(PoisonError::into_inner);
        let own = overlay.entry(user.subject.clone()).or_insert_with(|| user.authenticators.clone());
        change(own)
    }
}
