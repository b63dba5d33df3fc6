//! What is judged. A driver makes the world that a case asks for: the reference server, embedded or running, makes a
//! fresh tenant; a profile looks into its inventory.

mod reference;
pub mod embedded;
pub mod mock;
mod export;
mod second_factor;
mod keys;
mod capability;
mod fit;
mod reach;
mod tree;
pub mod profile;
pub mod inventory;
pub mod quick;

pub use embedded::Embedded;
pub(crate) use export::twin;
pub use inventory::Static;
pub(crate) use keys::publish as publish_keys;
pub use mock::Mock;
pub use profile::Profile;
pub use quick::Quick;
pub(crate) use second_factor::pretended as pretended_factors;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::corpus::case::{Case, Given, GivenApi};
use crate::corpus::flavour::Flavour;
use crate::run::Limits;

/// Makes a world for each case. Operations that only some targets have are optional methods of later stages.
pub trait Driver: Send + Sync {
    /// Who is judged, for reports: `embedded`, or the profile's name.
    fn name(&self) -> &str;

    /// The base address if there is one for all cases.
    fn url(&self) -> Option<&str>;

    /// Whether answers must be exactly the reference's own: the first status, the text, whatever the basis.
    fn strict(&self) -> bool;

    /// How many cases may run at once.
    fn parallel(&self) -> usize;

    /// What a run may cost the target.
    fn limits(&self) -> Limits {
        Limits::default()
    }

    /// Makes what the case needs.
    ///
    /// # Errors
    /// [`Unmet`] with what is missing and, where possible, the stanza that would help.
    fn prepare(&self, case: &Case, flavour: &Flavour) -> Result<World, Unmet>;
}

/// Why a case cannot run at a target.
#[derive(Clone, Debug)]
pub enum Unmet {
    /// The target does not have the capability and does not claim it: not applicable.
    Capability(String),
    /// Something is missing; what, and the lines that would help.
    Missing(String),
    /// The driver failed: a fault of set-up or suite.
    Broken(String),
}

/// What one case sees of the target.
pub struct World {
    /// Absolute address by endpoint name.
    pub endpoints: BTreeMap<String, String>,
    /// The objects by alias.
    /// client: `id`, `secret`, `auth` (`none`, `post`, `basic`, `private_key_jwt` with `key`, `kid`, `alg`, `public_key`); user: `username`, `password`, `email`,
    /// `otp_secret` (Base32), `phone`, `mfa_email`;
    /// api: `audience` (absent if the target's APIs have none), `scope` (role → name), `scopes` (all, space-separated),
    /// `lifetime`, `secret` (of a shared key), `routes` (name → `method`, `address`); connection: `name`, `realm`. And `target`: `base`, `issuer`, `signing_key` (PEM, where the driver
    /// knows it).
    pub objects: BTreeMap<String, Value>,
    /// Texts that must never appear in a report, nor as a part of another text.
    pub secrets: Vec<String>,
    /// What can be done to the target besides asking it; it also keeps whatever must live as long as the case.
    pub control: Option<Box<dyn Control>>,
}

/// What only some targets let somebody do: each operation is optional.
pub trait Control: Send {
    /// Lets so many seconds pass, at once.
    ///
    /// # Errors
    /// Why it cannot be done.
    fn pass(&self, seconds: i64) -> Result<(), String>;

    /// Makes the target have what `given` says, and nothing else; what happened before is kept. Returns the objects by
    /// alias and the secrets, as [`World`] has them.
    ///
    /// # Errors
    /// Why it cannot be done.
    fn configure(&mut self, given: &Given) -> Result<(BTreeMap<String, Value>, Vec<String>), String>;

    /// The tenant log, oldest entry first.
    ///
    /// # Errors
    /// Why it cannot be read.
    fn log(&self) -> Result<Vec<Value>, String>;

    /// The messages that were sent, oldest first: `number` (from 1), `channel`, `to`, `kind`, `code` or `transaction`, `text`.
    ///
    /// # Errors
    /// Why they cannot be read.
    fn outbox(&self) -> Result<Vec<Value>, String>;

    /// Does what the owner of a telephone does. A scan gives `authenticator` and the `secret` of the app's own codes.
    ///
    /// # Errors
    /// Why it cannot be done: nobody asks for it.
    fn push(&self, act: &PushAct) -> Result<Value, String>;
}

/// What the owner of a telephone does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PushAct {
    /// Scans the address of an association.
    Scan {
        /// Its `enrollment_tx_id`.
        enrollment: String,
        /// What the telephone calls itself.
        device: Option<String>,
    },
    /// Accepts a login, by its transaction.
    Accept(String),
    /// Rejects a login, by its transaction.
    Reject(String),
}

/// The member `offline` of an API: what a login asks for to get these scopes and a refresh token. `word` is the scope that
/// asks for one, at targets where it must be asked for.
pub(crate) fn offline<'a>(
    scopes: impl Iterator<Item = (&'a str, &'a str)> + Clone,
    word: Option<&str>,
) -> Value {
    let with =
        |names: Vec<&str>| -> Value { names.into_iter().chain(word).collect::<Vec<_>>().join(" ").into() };
    let mut all: serde_json::Map<String, Value> =
        scopes.clone().map(|(role, name)| (role.to_owned(), with(vec![name]))).collect();
    all.insert("all".to_owned(), with(scopes.map(|(_, name)| name).collect()));
    Value::Object(all)
}

/// The member `routes` of an API that a driver makes for a case: name → method and address.
pub(crate) fn routes(api: &GivenApi, address: impl Fn(&str) -> String) -> Value {
    let routes = api.routes.iter().map(|(name, route)| {
        (name.clone(), serde_json::json!({ "method": route.method, "address": address(&route.path) }))
    });
    Value::Object(routes.collect())
}
