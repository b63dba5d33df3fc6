//! What tokens say, in the recorded order (ATK-02, ATK-03, IDT-02, IDT-05, IDT-06).

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use md5::{Digest as _, Md5};
use serde_json::{Map, Value, json};

use super::challenge::Authorization;
use crate::ledger::Profile;
use crate::tenant::api::{Api, ApiSigning, TokenProfile};
use crate::tenant::behaviour::{AtHash, Behaviour, Switch, UpdatedAt};
use crate::tenant::scope::ScopeSet;
use crate::tenant::user::User;
use crate::turn::Turn;

/// The claims of an API's access token, in the form that the API's dialect says (ATK-02, ATK-03).
pub(super) fn access_token(
    turn: &mut Turn<'_>,
    authorization: &Authorization,
    api: &Api,
) -> Map<String, Value> {
    let issuer = turn.issuer();
    let seconds = turn.seconds();
    // With `openid` the token serves userinfo too, but a shared secret allows one recipient only (SCP-24, SCP-25).
    let aud = match api.signing {
        ApiSigning::Rs256 | ApiSigning::Ps256(_) if authorization.scope.contains("openid") => {
            json!([api.identifier, format!("{issuer}userinfo")])
        }
        ApiSigning::Rs256 | ApiSigning::Ps256(_) | ApiSigning::Hs256(_) => json!(api.identifier),
    };
    let mut claims = Map::new();
    claims.insert("iss".to_owned(), json!(turn.named_issuer()));
    claims.insert("sub".to_owned(), json!(authorization.user.subject));
    claims.insert("aud".to_owned(), aud);
    claims.insert("iat".to_owned(), json!(seconds));
    claims.insert("exp".to_owned(), json!(seconds + api.token_lifetime));
    let scope = Some(&authorization.scope).filter(|scope| !scope.is_empty()).map(ToString::to_string);
    let client_id = &authorization.application.client_id;
    let (client, last) = match api.dialect.profile {
        TokenProfile::Auth0 => ("azp", ("gty", gty(authorization).to_owned())),
        TokenProfile::Rfc9068 => ("client_id", ("jti", turn.dice.token(22))),
    };
    claims.insert(client.to_owned(), json!(client_id));
    scope.map(|scope| claims.insert("scope".to_owned(), json!(scope)));
    claims.insert(last.0.to_owned(), json!(last.1));
    if api.is_mfa && authorization.stepped_up {
        // One that the password alone got must not manage what its user enrolled since.
        claims.insert("amr".to_owned(), json!(["mfa"]));
    }
    if let Some(permissions) = &authorization.permissions {
        claims.insert("permissions".to_owned(), json!(permissions.iter().collect::<Vec<_>>()));
    }
    claims
}

/// By which grant it came (ATK-06).
fn gty(authorization: &Authorization) -> &'static str {
    if authorization.is_login() { "password" } else { "refresh_token" }
}

/// The claims of an ID token: who it is as far as the scopes say, then for whom and until when.
pub(super) fn id_token(
    turn: &Turn<'_>,
    authorization: &Authorization,
    profile: &Profile,
    access_token: &str,
) -> Map<String, Value> {
    let behaviour = &turn.tenant.behaviour;
    let filtered = behaviour.keeps(Switch::IdTokenScopes);
    let mut claims = profile_claims(behaviour, profile, &authorization.scope, filtered);
    let seconds = turn.seconds();
    claims.insert("iss".to_owned(), json!(turn.named_issuer()));
    claims.insert("sub".to_owned(), json!(authorization.user.subject));
    claims.insert("aud".to_owned(), json!(authorization.application.client_id));
    claims.insert("iat".to_owned(), json!(seconds));
    claims.insert("exp".to_owned(), json!(seconds + authorization.application.id_token_lifetime));
    if turn.tenant.behaviour.choices.at_hash == AtHash::Present {
        claims.insert("at_hash".to_owned(), json!(at_hash(access_token)));
    }
    claims
}

/// The left half of the access token's SHA-256 (IDT-09; OpenID Connect Core §3.1.3.6).
fn at_hash(access_token: &str) -> String {
    let hash = digest(&SHA256, access_token.as_bytes());
    URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16])
}

/// What `/userinfo` tells: `sub` always, the rest by scope (IDT-17).
pub(crate) fn userinfo_claims(
    behaviour: &Behaviour,
    profile: &Profile,
    scope: &ScopeSet,
) -> Map<String, Value> {
    let filtered = behaviour.keeps(Switch::UserinfoScopes);
    let mut claims = Map::new();
    claims.insert("sub".to_owned(), json!(profile.user.subject));
    claims.append(&mut profile_claims(behaviour, profile, scope, filtered));
    claims
}

fn profile_claims(
    behaviour: &Behaviour,
    profile: &Profile,
    scope: &ScopeSet,
    filtered: bool,
) -> Map<String, Value> {
    let user = &profile.user;
    let told = |name: &str| !filtered || scope.contains(name);
    let mut claims = Map::new();
    if told("profile") {
        for (name, value) in [("given_name", &user.given_name), ("family_name", &user.family_name)] {
            if let Some(value) = value {
                claims.insert(name.to_owned(), json!(value));
            }
        }
        let known_as = user.identifier();
        let nickname =
            user.nickname.as_deref().unwrap_or_else(|| known_as.split('@').next().unwrap_or(known_as));
        claims.insert("nickname".to_owned(), json!(nickname));
        claims.insert("name".to_owned(), json!(user.name.as_deref().unwrap_or(known_as)));
        claims.insert("picture".to_owned(), json!(picture(user)));
        claims.insert(
            "updated_at".to_owned(),
            match behaviour.choices.updated_at {
                UpdatedAt::Text => json!(milliseconds(profile.updated_at)),
                UpdatedAt::Seconds => json!(profile.updated_at.as_second()),
            },
        );
    }
    if told("email")
        && let Some(email) = &user.email
    {
        claims.insert("email".to_owned(), json!(email));
        claims.insert("email_verified".to_owned(), json!(user.email_verified));
    }
    if told("phone")
        && let Some(number) = &user.phone_number
    {
        claims.insert("phone_number".to_owned(), json!(number));
        claims.insert("phone_number_verified".to_owned(), json!(user.phone_verified));
    }
    if told("address")
        && let Some(address) = &user.address
    {
        claims.insert("address".to_owned(), address.clone());
    }
    claims
}

/// The user's own picture, or the avatar address of the recorded form, whose hash is the MD5 of the e-mail in lower case (IDT-22).
fn picture(user: &User) -> String {
    if let Some(picture) = &user.picture {
        return picture.clone();
    }
    let known_as = user.identifier();
    let email = user.email.as_deref().unwrap_or(known_as).to_ascii_lowercase();
    let hash = Md5::digest(email.as_bytes());
    let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    let letters: String = known_as.chars().filter(char::is_ascii_alphanumeric).take(2).collect();
    let letters = letters.to_ascii_lowercase();
    format!(
        "https://s.gravatar.com/avatar/{hex}?s=480&r=pg&d=https%3A%2F%2Fcdn.auth0.com%2Favatars%2F{letters}.png"
    )
}

/// ISO 8601 with three decimals (IDT-20).
fn milliseconds(at: Timestamp) -> String {
    format!("{at:.3}")
}
