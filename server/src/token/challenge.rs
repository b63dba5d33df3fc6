//! Step 8: the second factor. A login that needs one is suspended, and an MFA grant takes it up exactly there.
//!
//! ```text
//! ResolvedLogin ── none needed ──────────────────────────────▶ Authorization
//!               └─ needed ──▶ mfa_token ── SecondFactor ─────▶ Authorization
//! ```
//!
//! Here an `Authorization` is made, and nowhere else: by a login that needs no second factor, or by a `SecondFactor`, which the
//! three MFA grants alone make.

use std::ops::Deref;
use std::sync::Arc;

use serde_json::{Value, json};

use super::audience::{self, ResolvedLogin};
use super::client::AuthenticatedClient;
use super::error::TokenError;
use super::mfa_error::MfaError;
use super::{admit, authenticate, enrolled};
use crate::factor::Factor;
use crate::ledger::{Presented, SuspendedLogin, Ticket};
use crate::tenant::behaviour::{LoginConfidence, MfaRequirements, MfaTokenLifetime, Number, Switch};
use crate::tenant::mfa::MfaPolicy;
use crate::tenant::secret::Secret;
use crate::tenant::user::User;
use crate::turn::Turn;

/// The decision that tokens may be issued.
#[derive(Debug)]
pub(crate) struct Authorization {
    login: ResolvedLogin,
    /// Whether a second factor was shown for it, at the login to which it goes back.
    pub(crate) stepped_up: bool,
}

impl Deref for Authorization {
    type Target = ResolvedLogin;

    fn deref(&self) -> &ResolvedLogin {
        &self.login
    }
}

/// A login that was suspended, and the token that stands for it; nothing is proven yet.
#[derive(Debug)]
pub(crate) struct Suspended {
    pub(crate) ticket: Arc<Ticket>,
    /// Whose it is, as configured at present: what they have enrolled may have changed since.
    pub(crate) user: Arc<User>,
    pub(crate) token: Secret,
}

impl Suspended {
    /// Why nobody can show a factor for it: its user has none that would do, or its token is an access token, which confirms
    /// what was enrolled with it and nothing else (MFA-TOK-12).
    pub(crate) fn nothing_to_show(&self) -> MfaError {
        match self.ticket.only {
            Some(_) => MfaError::TokenMalformed("it is an access token"),
            None => MfaError::UserNotEnrolled,
        }
    }
}

/// A second factor that was shown: a right code, or a yes on a phone, used up by it.
#[derive(Debug)]
pub(crate) struct SecondFactor {
    pub(crate) suspended: Suspended,
    /// The authenticator's id.
    pub(crate) authenticator: String,
}

/// Lets a login pass that needs no second factor (MFA-REQ-01…MFA-REQ-14). A refresh needs none: it goes back to a login.
pub(crate) fn require(turn: &mut Turn<'_>, login: ResolvedLogin) -> Result<Authorization, TokenError> {
    if !login.is_login() {
        let stepped_up = login.refreshed.as_ref().is_some_and(|refreshed| refreshed.original.stepped_up);
        return Ok(Authorization { login, stepped_up });
    }
    let own = enrolled::authenticators(turn, &login.user);
    let enrolled = enrolled::is_enrolled(turn, &own);
    let Some(why) = needed(turn, &login, enrolled) else {
        return Ok(Authorization { login, stepped_up: false });
    };
    turn.trace.decided("second factor", why);
    if !turn.tenant.behaviour.keeps(Switch::MfaEnforced) {
        return Ok(Authorization { login, stepped_up: false });
    }
    if turn.tenant.mfa.policy == MfaPolicy::Adaptive && !enrolled {
        return Err(MfaError::RiskyLogin.into());
    }
    let told = turn.tenant.behaviour.choices.mfa_requirements == MfaRequirements::Listed;
    let requirements = told.then(|| requirements(turn, &own, enrolled)).flatten();
    let mfa_token = sealed(turn);
    if !turn.tenant.behaviour.keeps(Switch::MfaTokensApart) {
        turn.ledgers.tickets.forget_users(|subject| subject == login.user.subject);
    }
    let lifetime = match turn.tenant.behaviour.choices.mfa_token_lifetime {
        MfaTokenLifetime::TenMinutes => 600,
        MfaTokenLifetime::FiveMinutes => 300,
    };
    let expires = turn.seconds() + lifetime;
    let login = suspended(turn, &login);
    turn.ledgers.tickets.issue(mfa_token.expose(), Ticket { login, only: None, expires });
    Err(MfaError::Required { mfa_token, requirements }.into())
}

/// Why a login needs a second factor, if it does. A script's demand will be one more reason.
fn needed(turn: &Turn<'_>, login: &ResolvedLogin, enrolled: bool) -> Option<&'static str> {
    let (tenant, behaviour) = (turn.tenant, &turn.tenant.behaviour);
    if login.api.as_ref().is_some_and(|api| api.is_mfa) {
        // Its audience asks for it whatever the policy, and without a factor there is nothing to ask for (MFA-MGR-01, MFA-MGR-03).
        let asked = if enrolled {
            behaviour.keeps(Switch::MfaAudienceEnforces)
        } else {
            !behaviour.keeps(Switch::MfaAudienceOpens)
        };
        return asked.then_some("the MFA API asks for it");
    }
    let independent = [Factor::Otp, Factor::Sms, Factor::Voice, Factor::Push];
    let possible = enrolled || independent.into_iter().any(|factor| tenant.mfa.enables(factor));
    if !possible && !behaviour.keeps(Switch::MfaFailsClosed) {
        return None;
    }
    match tenant.mfa.policy {
        MfaPolicy::Always => Some("the policy asks everybody for it"),
        MfaPolicy::Adaptive if behaviour.choices.login_confidence == LoginConfidence::Low => {
            Some("the policy asks for it at a risk")
        }
        MfaPolicy::Never if !behaviour.keeps(Switch::MfaPolicyDecides) => Some("somebody asks for it"),
        MfaPolicy::Adaptive | MfaPolicy::Never => None,
    }
}

/// `mfa_requirements`: what the user can show, or, without a factor, what can be enrolled (MFA-REQ-07, MFA-REQ-08).
fn requirements(turn: &Turn<'_>, own: &[crate::factor::Authenticator], enrolled: bool) -> Option<Value> {
    const ORDER: [&str; 5] = ["otp", "push-notification", "phone", "email", "recovery-code"];
    let listed = |words: &dyn Fn(&str) -> bool| {
        let words: Vec<Value> =
            ORDER.into_iter().filter(|word| words(word)).map(|word| json!({ "type": word })).collect();
        (!words.is_empty()).then_some(words)
    };
    if enrolled {
        let own = |word: &str| own.iter().any(|one| one.active && one.kind.requirement() == word);
        return listed(&own).map(|words| json!({ "challenge": words }));
    }
    let mfa = &turn.tenant.mfa;
    let enabled = |word: &str| match word {
        "otp" => mfa.enables(Factor::Otp),
        "push-notification" => mfa.enables(Factor::Push),
        "phone" => mfa.enables(Factor::Sms) || mfa.enables(Factor::Voice),
        _ => false,
    };
    listed(&enabled).map(|words| json!({ "enroll": words }))
}

/// The login that an `mfa_token` stands for, if it stands for one of this client's (MFA-TOK-02…MFA-TOK-04).
pub(crate) fn suspended_login(
    turn: &Turn<'_>,
    client: &AuthenticatedClient,
    token: &Secret,
) -> Result<Suspended, MfaError> {
    let behaviour = &turn.tenant.behaviour;
    let grace = behaviour.number(Number::MfaTokenGrace);
    let ticket = match turn.ledgers.tickets.find(token.expose(), turn.seconds(), grace) {
        Presented::Good(ticket) => ticket,
        Presented::Expired => return Err(MfaError::TokenExpired),
        Presented::Unknown => return Err(MfaError::TokenMalformed("nobody knows it, or it was used")),
    };
    let foreign = ticket.login.application.client_id != client.application.client_id;
    if foreign && behaviour.keeps(Switch::MfaTokenClientBound) {
        return Err(MfaError::TokenForeign);
    }
    let Some(profile) = turn.ledgers.directory.profile(turn.tenant, &ticket.login.user.subject) else {
        return Err(MfaError::TokenMalformed("its user is gone"));
    };
    let user = profile.user;
    if let Some(connection) = turn.tenant.connection(&user.connection) {
        turn.trace.connection(connection, user.identifier());
    }
    turn.trace.user(&user, "mfa_token");
    Ok(Suspended { ticket, user, token: token.clone() })
}

/// Goes on with a login whose second factor was shown: its token is used up, its authenticator confirmed, and what was decided
/// before is what is granted (MFA-TOK-08, MFA-TOK-10, MFA-ASC-20).
pub(crate) fn resume(turn: &mut Turn<'_>, factor: SecondFactor) -> Result<Authorization, TokenError> {
    let SecondFactor { suspended: Suspended { ticket, user, token }, authenticator } = factor;
    let behaviour = &turn.tenant.behaviour;
    let first = !behaviour.keeps(Switch::MfaTokenOnce) || turn.ledgers.tickets.redeem(token.expose());
    if !first {
        return Err(MfaError::TokenMalformed("it was used by another request").into());
    }
    let login = &ticket.login;
    if behaviour.keeps(Switch::AssociateConfirms) && turn.ledgers.enrolments.confirm(&user, &authenticator) {
        turn.trace.enrolled();
    }
    if authenticate::blocked(turn, &user) && behaviour.keeps(Switch::MfaBlockEnforced) {
        return Err(TokenError::UserBlocked(user.identifier().to_owned()));
    }
    if let Some(address) = login.charged {
        admit::give_back(turn, address);
    }
    Ok(Authorization { login: audience::resumed(turn, login, user), stepped_up: true })
}

/// The login in a form that outlives its request.
pub(super) fn suspended(turn: &Turn<'_>, login: &ResolvedLogin) -> SuspendedLogin {
    SuspendedLogin {
        user: Arc::clone(&login.user),
        application: Arc::clone(&login.application),
        api: login.api.clone(),
        scope: login.scope.clone(),
        permissions: login.permissions.clone(),
        charged: turn.charged.filter(|taken| taken.had).map(|_| turn.origin.peer),
    }
}

/// What every `mfa_token` begins with, and no JWT does.
pub(crate) const SEAL: &str = "Fe26.2*";

/// A token of the recorded form: what looks sealed is random, and says nothing (MFA-TOK-01).
pub(crate) fn sealed(turn: &mut Turn<'_>) -> Secret {
    let dice = &mut turn.dice;
    let (salt, vector, text) = (dice.hex(64), dice.token(22), dice.token(64));
    let (second_salt, seal) = (dice.hex(64), dice.token(43));
    Secret::new(format!("{SEAL}*{salt}*{vector}*{text}**{second_salt}*{seal}"))
}
