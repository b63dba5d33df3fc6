//! One request to an operation: what it names, asks and brings, strictly read. What nobody described is refused: a slip of
//! the pen shall not pass for a wish that was granted.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, StatusCode};
use ropg_fixtures::schema::nearest;
use serde_json::Value;

use super::body::Body;
use super::refusal::Refusal;
use super::registry::Tenants;
use crate::server::Server;
use crate::shell::News;

/// Tenants are read whole.
pub(super) const BODY_LIMIT: usize = 16 * 1024 * 1024;

/// A request that was routed.
pub(super) struct Call<'a> {
    pub(super) tenants: &'a Tenants,
    /// The name in the path; empty where there is none.
    pub(super) name: String,
    pub(super) request: &'a Request<Bytes>,
    /// It will not be asked again.
    pub(super) last: bool,
}

impl Call<'_> {
    /// The server of the tenant in the path.
    pub(super) fn server(&self) -> Result<Arc<Server>, Refusal> {
        self.tenants.named(&self.name)
    }

    /// The parameters of the address, each at most once and one of `known`.
    pub(super) fn query(&self, known: &[&str]) -> Result<BTreeMap<String, String>, Refusal> {
        let mut query = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(self.request.uri().query().unwrap_or_default().as_bytes())
        {
            if !known.contains(&&*name) {
                return Err(Refusal::invalid(format!("unknown parameter `{name}`{}", hint(&name, known))));
            }
            if query.insert(name.to_string(), value.into_owned()).is_some() {
                return Err(Refusal::invalid(format!("the parameter `{name}` is there twice")));
            }
        }
        Ok(query)
    }

    /// The body, an object with no other members than `known`.
    pub(super) fn body(&self, known: &[&str]) -> Result<Body, Refusal> {
        self.query(&[])?;
        if self.request.body().len() > BODY_LIMIT {
            return Err(Refusal::too_large(BODY_LIMIT));
        }
        let body = Body::read(self.request.body())?;
        for (name, place) in body.members() {
            if !known.contains(&name) {
                let hint = hint(name, known);
                return Err(Refusal::invalid(format!("unknown member `{name}` at `{place}`{hint}")));
            }
        }
        Ok(body)
    }

    /// For operations that take nothing: no parameters, and no body but an empty object.
    pub(super) fn nothing_asked(&self) -> Result<(), Refusal> {
        self.query(&[])?;
        if !self.request.body().trim_ascii().is_empty() {
            self.body(&[])?;
        }
        Ok(())
    }
}

/// What an operation says.
pub(super) enum Said {
    /// Something.
    Told(StatusCode, Value),
    /// That it is done.
    Done,
    /// Nothing yet.
    Later(News, Duration),
}

impl Said {
    pub(super) fn ok(value: Value) -> Self {
        Self::Told(StatusCode::OK, value)
    }
}

/// What would be right.
fn hint(name: &str, known: &[&str]) -> String {
    let names: Vec<String> = known.iter().map(|name| (*name).to_owned()).collect();
    match nearest(name, &names) {
        Some(near) => format!("; did you mean `{near}`?"),
        None if names.is_empty() => "; none is known here".to_owned(),
        None => format!("; known: {}", names.join(", ")),
    }
}
