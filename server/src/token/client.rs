//! Step 2: who asks. A confidential client proves it by its own method; a public one is believed.

use std::sync::Arc;

use super::assertion;
use super::basic::Basic;
use super::error::TokenError;
use super::request::TokenRequest;
use crate::tenant::application::{Application, AuthMethod};
use crate::tenant::behaviour::Switch;
use crate::tenant::secret::Secret;
use crate::turn::Turn;

/// A client that proved, or by its type need not prove, who it is.
#[derive(Clone, Debug)]
pub(crate) struct AuthenticatedClient {
    pub(crate) application: Arc<Application>,
}

/// Finds the client and verifies its secret (CLI-01…CLI-11) or its assertion (CLI-12…CLI-18).
pub(crate) fn authenticate(
    turn: &Turn<'_>,
    request: &TokenRequest,
) -> Result<AuthenticatedClient, TokenError> {
    if Method::of(request) == Method::Assertion {
        let application = assertion::authenticate(turn, &request.parameters)?;
        return Ok(AuthenticatedClient { application });
    }
    let by_header = request.basic.is_some();
    let presented = presented(request)?;
    let mut why = "the client is unknown";
    for (id, secret) in &presented {
        let Some(application) = turn.tenant.applications.get(id) else { continue };
        match verified(turn, application, secret.as_ref(), by_header) {
            Ok(()) => return Ok(AuthenticatedClient { application: Arc::clone(application) }),
            Err(fault) => why = fault,
        }
    }
    Err(TokenError::ClientFailed { by_header, why })
}

/// How the client authenticates, or tries to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    None,
    Post,
    Basic,
    Assertion,
}

impl Method {
    /// What the request says; one that says two things was refused, unless a deviation is on.
    pub(crate) fn of(request: &TokenRequest) -> Self {
        match (&request.basic, request.parameters.value("client_secret")) {
            (Some(_), _) => Self::Basic,
            (None, Some(_)) => Self::Post,
            (None, None) if assertion::is_presented(&request.parameters) => Self::Assertion,
            (None, None) => Self::None,
        }
    }

    /// The word in data files.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Post => "post",
            Self::Basic => "basic",
            Self::Assertion => "private_key_jwt",
        }
    }
}

/// The readings of what was presented: client ids, each with a secret if there is one.
fn presented(request: &TokenRequest) -> Result<Vec<(String, Option<Secret>)>, TokenError> {
    // An empty secret in the header of a public client counts as none.
    let some = |secret: &Secret| (!secret.expose().is_empty()).then(|| secret.clone());
    match &request.basic {
        Some(Basic::Credentials(readings)) => {
            Ok(readings.iter().map(|(id, secret)| (id.clone(), some(secret))).collect())
        }
        Some(Basic::Unreadable) => Ok(Vec::new()),
        None => {
            let id = request.parameters.value("client_id").ok_or(TokenError::MissingClientId)?;
            Ok(vec![(id.to_owned(), request.parameters.value("client_secret").map(Secret::new))])
        }
    }
}

fn verified(
    turn: &Turn<'_>,
    application: &Application,
    secret: Option<&Secret>,
    by_header: bool,
) -> Result<(), &'static str> {
    let behaviour = &turn.tenant.behaviour;
    let own_way = match application.auth_method {
        AuthMethod::None => {
            let refused = secret.is_some() && behaviour.keeps(Switch::PublicWithoutSecret);
            return if refused { Err("a public client sent a secret") } else { Ok(()) };
        }
        AuthMethod::Post => !by_header,
        AuthMethod::Basic => by_header,
        AuthMethod::PrivateKeyJwt => false,
    };
    let Some(secret) = secret else {
        return if behaviour.keeps(Switch::SecretRequired) { Err("the secret is missing") } else { Ok(()) };
    };
    if !own_way && behaviour.keeps(Switch::MethodEnforced) {
        return Err("the client authenticates by another method");
    }
    let right = application.client_secret.as_ref().is_some_and(|own| own.matches(secret.expose()));
    if right || !behaviour.keeps(Switch::SecretVerified) { Ok(()) } else { Err("the secret is wrong") }
}
