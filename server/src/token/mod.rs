//! THE FLOW: what happens to a token request, in order.
//!
//! ```text
//! request       1  bytes → TokenRequest
//! client        2  who asks → AuthenticatedClient; assertion.rs for those with a key
//! grant         3  what is asked → Grant, one file each
//! connection    4  realm or default directory → LoginAttempt
//! admit         5  the address's bucket → AdmittedAttempt
//! authenticate  6  the password → AuthenticatedUser
//! audience      7  which API, which scopes → ResolvedLogin
//! challenge     8  the second factor, or mfa_required → Authorization
//! issue         9  Authorization → TokenResponse
//! error            every refusal and its exact wire form
//! logged           what it leaves in the tenant log
//! ```
//!
//! The types are the security argument: each is made only by the step that earns it, and `issue::tokens` takes nothing
//! but an `Authorization`. A grant that forgot the password, or the second factor, would not compile.

pub(crate) mod request;
pub(crate) mod client;
pub(crate) mod grant;
pub(crate) mod connection;
pub(crate) mod admit;
pub(crate) mod authenticate;
pub(crate) mod audience;
pub(crate) mod challenge;
pub(crate) mod issue;
pub(crate) mod error;
pub(crate) mod mfa_error;
pub(crate) mod enrolled;
pub(crate) mod logged;
mod assertion;
mod basic;
mod claims;
mod codes;
mod form;
mod json;
mod jwt;
mod parameters;
mod permission;
mod scope;

pub(crate) use claims::userinfo_claims;
pub(crate) use error::{TOO_MANY_REQUESTS, TokenError};
pub(crate) use grant::GrantType;
pub(crate) use issue::TokenResponse;
pub(crate) use json::members as json_members;
pub(crate) use jwt::{Trusted, read as read_jwt, write as write_jwt};
pub(crate) use mfa_error::MfaError;
pub(crate) use request::TokenRequest;
pub(crate) use scope::{OFFLINE_ACCESS, STANDARD};

use client::AuthenticatedClient;
use grant::{
    Grant, mfa_oob, mfa_otp, mfa_recovery_code, password, password_realm, passwordless_otp, refresh_token,
};

use crate::turn::Turn;

/// Carries out a token request, from an authenticated client to tokens.
pub(crate) fn exchange(
    turn: &mut Turn<'_>,
    client: AuthenticatedClient,
    request: &TokenRequest,
) -> Result<TokenResponse, TokenError> {
    let outcome = match Grant::resolve(turn, &client, request)? {
        Grant::Password(grant) => password::exchange(turn, client, grant),
        Grant::PasswordRealm(grant) => password_realm::exchange(turn, client, grant),
        Grant::MfaOtp(grant) => mfa_otp::exchange(turn, client, &grant),
        Grant::MfaOob(grant) => mfa_oob::exchange(turn, client, &grant),
        Grant::MfaRecoveryCode(grant) => mfa_recovery_code::exchange(turn, client, &grant),
        Grant::PasswordlessOtp(grant) => passwordless_otp::exchange(turn, client, grant),
        Grant::RefreshToken(grant) => refresh_token::exchange(turn, client, grant),
    };
    admit::settle(turn, outcome.is_ok());
    outcome
}
