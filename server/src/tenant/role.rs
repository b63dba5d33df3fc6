//! Who may do what at an API: permissions, given to a user directly or by a role (SCP-14, SCP-18, SCP-19).

/// A scope of an API that somebody may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Permission {
    /// The API's identifier.
    pub(crate) api: String,
    /// The scope.
    pub(crate) name: String,
}

/// Permissions under a name, for all users who have the role.
#[derive(Clone, Debug)]
pub(crate) struct Role {
    pub(crate) name: String,
    pub(crate) permissions: Vec<Permission>,
}
