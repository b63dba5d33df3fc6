//! What a user has enrolled, as far as it counts in this tenant.

use crate::factor::{Authenticator, Enrolled, Factor, Kind};
use crate::tenant::behaviour::Switch;
use crate::tenant::derived;
use crate::tenant::user::User;
use crate::turn::Turn;

/// The user's authenticators of enabled factors, in order of creation; a verified e-mail address comes last (MFA-AUT-07).
pub(crate) fn authenticators(turn: &Turn<'_>, user: &User) -> Vec<Authenticator> {
    let tenant = turn.tenant;
    let recovery = !tenant.behaviour.keeps(Switch::RecoveryEnabled);
    let enabled = |one: &Authenticator| {
        tenant.mfa.enables(one.kind.factor()) || (recovery && one.kind.factor() == Factor::RecoveryCode)
    };
    let mut own: Vec<Authenticator> = turn.ledgers.enrolments.of(user).into_iter().filter(enabled).collect();
    let verified = user.email.as_ref().filter(|_| user.email_verified && tenant.mfa.enables(Factor::Email));
    if let Some(address) = verified.filter(|_| tenant.behaviour.keeps(Switch::MailListed)) {
        let pair = derived::hex(&["verified e-mail", &user.subject], 16);
        own.push(Authenticator {
            id: format!("email|dev_{pair}"),
            kind: Kind::Email(address.clone()),
            active: true,
            pair,
            by: Enrolled::InProfile,
            begun: String::new(),
            used_steps: Vec::new(),
        });
    }
    own
}

/// Whether the user has a second factor: a confirmed one, and more than the address that came with the profile
/// (MFA-REQ-14).
pub(crate) fn is_enrolled(turn: &Turn<'_>, own: &[Authenticator]) -> bool {
    let mail = !turn.tenant.behaviour.keeps(Switch::MfaMailIsNoFactor);
    own.iter().any(|one| one.active && one.is_factor() && (mail || !one.is_derived()))
}

/// What may be shown as a second factor: what was confirmed, and what this very code would confirm. What the password
/// alone had begun stays what it is once the user has a factor: else whoever knew the password before could confirm it
/// beside that one.
pub(crate) fn presentable(turn: &Turn<'_>, user: &User, only: Option<&[String]>) -> Vec<Authenticator> {
    let own = authenticators(turn, user);
    let excluded = is_enrolled(turn, &own) && turn.tenant.behaviour.keeps(Switch::PendingExcluded);
    let own = own.into_iter().filter(|one| match one.by {
        Enrolled::WithUser | Enrolled::InProfile | Enrolled::StepUp => true,
        Enrolled::ByPassword => one.active || !excluded,
    });
    own.filter(|one| only.is_none_or(|only| only.contains(&one.pair))).collect()
}
