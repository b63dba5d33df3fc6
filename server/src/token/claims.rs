//! What tokens say, in the recorded order (ATK-02, IDT-02, IDT-05, IDT-06).

use jiff::Timestamp;
use md5::{Digest as _, Md5};
use serde_json::{Map, Value, json};

use super::audience::Authorization;
use crate::ledger::Profile;
use crate::tenant::api::{Api, ApiSigning};
use crate::tenant::behaviour::Switch;
use crate::tenant::scope::ScopeSet;
use crate::tenant::user::User;
use crate::turn::Turn;

/// The claims of an API's access token.
pub(super) fn access_token(turn: &Turn<'_>, authorization: &Authorization, api: &Api) -> Map<String, Value> {
    let issuer = turn.issuer();
    let seconds = turn.seconds();
    // With `openid` the token serves userinfo too, but a shared secret allows one recipient only (SCP-24, SCP-25).
    let aud = match api.signing {
        ApiSigning::Rs256 if authorization.scope.contains("openid") => {
            json!([api.identifier, format!("{issuer}userinfo")])
        }
        ApiSigning::Rs256 | ApiSigning::Hs256(_) => json!(api.identifier),
    };
    let mut claims = Map::new();
    claims.insert("iss".to_owned(), json!(issuer));
    claims.insert("sub".to_owned(), json!(authorization.user.subject));
    claims.insert("aud".to_owned(), aud);
    claims.insert("iat".to_owned(), json!(seconds));
    claims.insert("exp".to_owned(), json!(seconds + api.token_lifetime));
    claims.insert("azp".to_owned(), json!(authorization.application.client_id));
    if !authorization.scope.is_empty() {
        claims.insert("scope".to_owned(), json!(authorization.scope.to_string()));
    }
    let gty = if authorization.login { "password" } else { "refresh_token" };
    claims.insert("gty".to_owned(), json!(gty));
    claims
}

/// The claims of an ID token: who it is as far as the scopes say, then for whom and until when.
pub(super) fn id_token(
    turn: &Turn<'_>,
    authorization: &Authorization,
    profile: &Profile,
) -> Map<String, Value> {
    let filtered = turn.tenant.behaviour.keeps(Switch::IdTokenScopes);
    let mut claims = profile_claims(profile, &authorization.scope, filtered);
    let seconds = turn.seconds();
    claims.insert("iss".to_owned(), json!(turn.issuer()));
    claims.insert("sub".to_owned(), json!(authorization.user.subject));
    claims.insert("aud".to_owned(), json!(authorization.application.client_id));
    claims.insert("iat".to_owned(), json!(seconds));
    claims.insert("exp".to_owned(), json!(seconds + authorization.application.id_token_lifetime));
    claims
}

/// What `/userinfo` tells: `sub` always, the rest by scope (IDT-17).
pub(crate) fn userinfo_claims(profile: &Profile, scope: &ScopeSet, filtered: bool) -> Map<String, Value> {
    let mut claims = Map::new();
    claims.insert("sub".to_owned(), json!(profile.user.subject));
    claims.append(&mut profile_claims(profile, scope, filtered));
    claims
}

fn profile_claims(profile: &Profile, scope: &ScopeSet, filtered: bool) -> Map<String, Value> {
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
        claims.insert("updated_at".to_owned(), json!(milliseconds(profile.updated_at)));
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

/// The user's own picture, or the avatar address of the recorded form, whose hash is the MD5 of the e-mail (IDT-22).
fn picture(user: &User) -> String {
    if let Some(picture) = &user.picture {
        return picture.clone();
    }
    let known_as = user.identifier();
    let hash = Md5::digest(known_as.as_bytes());
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
