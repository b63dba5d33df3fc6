//! What is wrong with a request, and what would be right. Nothing was done then.

use http::{Method, StatusCode};
use serde_json::{Value, json};

/// A refused request.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    /// The name of the fault, for programs.
    error: &'static str,
    /// For people.
    message: String,
    /// The problems of a document, each with its place in the body.
    problems: Vec<Fault>,
    /// The methods that are allowed instead.
    pub(super) allow: Option<String>,
}

/// One problem of a document.
#[derive(Debug)]
pub(super) struct Fault {
    /// Where it is in the body: a JSON Pointer (RFC 6901).
    pub(super) at: String,
    pub(super) message: String,
    /// What would be right.
    pub(super) help: Option<String>,
}

impl Refusal {
    fn new(status: StatusCode, error: &'static str, message: String) -> Self {
        Self { status, error, message, problems: Vec::new(), allow: None }
    }

    /// A parameter or a body that is not as described.
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", message.into())
    }

    pub(super) fn foreign_host(message: String) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "foreign_host", message)
    }

    pub(super) fn foreign_origin(message: String) -> Self {
        Self::new(StatusCode::FORBIDDEN, "foreign_origin", message)
    }

    pub(super) fn not_found(message: String) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", message)
    }

    pub(super) fn unknown_tenant(name: &str, near: Option<&str>) -> Self {
        let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        let message = format!("no tenant is called `{name}`{near}");
        Self::new(StatusCode::NOT_FOUND, "unknown_tenant", message)
    }

    pub(super) fn method(method: &Method, path: &str, allowed: &[&str]) -> Self {
        let allowed = allowed.join(", ");
        let message = format!("{method} means nothing at {path}; {allowed} does");
        let refusal = Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", message);
        Self { allow: Some(allowed), ..refusal }
    }

    /// Something that is there already, or cannot be done as things stand.
    pub(super) fn conflict(message: String) -> Self {
        Self::new(StatusCode::CONFLICT, "conflict", message)
    }

    pub(super) fn too_large(limit: usize) -> Self {
        let message = format!("the body has more than {limit} bytes");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", message)
    }

    /// A limit of this server that is reached, or a port that is not to be had.
    pub(super) fn unavailable(message: String) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", message)
    }

    /// A tenant with problems; all of them.
    pub(super) fn invalid_tenant(problems: Vec<Fault>) -> Self {
        let plural = if problems.len() == 1 { "problem" } else { "problems" };
        let message = format!("the tenant has {} {plural}", problems.len());
        let refusal = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_tenant", message);
        Self { problems, ..refusal }
    }

    pub(super) fn to_json(&self) -> Value {
        let mut value = json!({ "error": self.error, "message": self.message });
        if !self.problems.is_empty() {
            value["problems"] = self.problems.iter().map(Fault::to_json).collect();
        }
        value
    }
}

impl Fault {
    fn to_json(&self) -> Value {
        let mut value = json!({ "at": self.at, "message": self.message });
        if let Some(help) = &self.help {
            value["help"] = help.as_str().into();
        }
        value
    }
}
