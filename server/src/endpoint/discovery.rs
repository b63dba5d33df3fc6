//! The metadata (DSC-01…DSC-06) and the public keys (DSC-07…DSC-12): only what is served is advertised.

use std::sync::Arc;

use bytes::Bytes;
use http::header::CACHE_CONTROL;
use http::{HeaderValue, Response};
use serde_json::{Value, json};

use super::{Answered, Facts, Request, reply};
use crate::tenant::application::AuthMethod;
use crate::tenant::behaviour::{GrantTypesListed, NoneMethod};
use crate::tenant::credential::AssertionAlg;
use crate::tenant::signing_key::SigningKey;
use crate::token::{GrantType, OFFLINE_ACCESS, STANDARD};
use crate::turn::Turn;

/// `/.well-known/openid-configuration` and its alias, members in the recorded order.
pub(super) fn metadata(turn: &mut Turn<'_>, _request: &Request<'_>) -> Answered {
    let issuer = turn.issuer();
    let mut scopes = STANDARD.to_vec();
    scopes.push(OFFLINE_ACCESS);
    let mut document = json!({
        "issuer": turn.named_issuer(),
        "authorization_endpoint": format!("{issuer}authorize"),
        "token_endpoint": format!("{issuer}oauth/token"),
        "userinfo_endpoint": format!("{issuer}userinfo"),
        "mfa_challenge_endpoint": format!("{issuer}mfa/challenge"),
        "jwks_uri": format!("{issuer}.well-known/jwks.json"),
        "revocation_endpoint": format!("{issuer}oauth/revoke"),
        "scopes_supported": scopes,
        "response_types_supported": [
            "code", "token", "id_token", "code token", "code id_token", "token id_token", "code token id_token"
        ],
        "subject_types_supported": ["public"],
        "token_endpoint_auth_methods_supported": AuthMethod::ALL.map(AuthMethod::name),
        "token_endpoint_auth_signing_alg_values_supported": AssertionAlg::ALL.map(AssertionAlg::name),
        "claims_supported": [
            "address", "aud", "email", "email_verified", "exp", "family_name", "given_name", "iat", "iss", "name", "nickname",
            "phone_number", "phone_number_verified", "picture", "sub", "updated_at"
        ],
        "request_uri_parameter_supported": false,
        "request_parameter_supported": false,
        "id_token_signing_alg_values_supported": ["HS256", "RS256", "PS256"],
    });
    let choices = &turn.tenant.behaviour.choices;
    if choices.none_method == NoneMethod::Absent
        && let Some(methods) = document["token_endpoint_auth_methods_supported"].as_array_mut()
    {
        methods.retain(|method| method != "none");
    }
    if choices.grant_types_listed == GrantTypesListed::Listed {
        document["grant_types_supported"] = json!(
            GrantType::ALL
                .into_iter()
                .filter(|grant| grant.served(&turn.tenant.behaviour))
                .map(GrantType::wire)
                .collect::<Vec<_>>()
        );
    }
    cacheable("discovery", &document)
}

/// `/.well-known/jwks.json`: the public halves of the signing keys.
pub(super) fn keys(turn: &mut Turn<'_>, _request: &Request<'_>) -> Answered {
    let public = |key: &Arc<SigningKey>| {
        json!({
            "alg": key.padding.alg(), "kty": "RSA", "use": "sig", "x5c": [key.x5c], "n": key.n, "e": key.e,
            "kid": key.kid, "x5t": key.x5t
        })
    };
    let keys: Vec<Value> = turn.tenant.public_keys().into_iter().map(public).collect();
    cacheable("jwks", &json!({ "keys": keys }))
}

fn cacheable(endpoint: &'static str, document: &Value) -> Answered {
    let mut response: Response<Bytes> =
        reply::response(200, Some("application/json; charset=utf-8"), document.to_string());
    let cache =
        HeaderValue::from_static("public, max-age=15, stale-while-revalidate=15, stale-if-error=86400");
    response.headers_mut().insert(CACHE_CONTROL, cache);
    Answered { response, facts: Facts { endpoint, granted: true, ..Facts::default() } }
}
