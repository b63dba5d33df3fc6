//! A client grant: what an application may ask of an API (SCP-21, SCP-22).

use super::scope::ScopeSet;

/// What one application may ask of one API.
#[derive(Clone, Debug)]
pub(crate) struct ClientGrant {
    pub(crate) client_id: String,
    /// The API's identifier.
    pub(crate) audience: String,
    pub(crate) subject: GrantSubject,
    /// Scopes that may be asked for.
    pub(crate) scope: ScopeSet,
}

/// For whom it may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GrantSubject {
    /// For users who log in.
    User,
    /// For itself, without a user; what an export means that does not say.
    Client,
}
