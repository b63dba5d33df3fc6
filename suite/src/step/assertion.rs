//! The JWT by which a client of the method `private_key_jwt` proves who it is (RFC 7523, section 2.2): signed anew for each
//! request, with code of its own, never the server's.

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use super::bindings::random_word;

/// The one type of assertion.
pub(crate) const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Seconds from its making to its end: enough for a slow target, and far from any limit.
const LIFETIME: i64 = 60;

/// A new assertion of the client `object` for `audience`, made at the target's time `now`.
///
/// # Errors
/// What the object lacks, or why its key cannot sign.
pub(crate) fn sign(object: &Value, audience: &str, now: i64) -> Result<String, String> {
    let text = |name: &str| {
        let found = object.get(name).and_then(Value::as_str);
        found.ok_or_else(|| format!("a client that signs assertions has no `{name}`"))
    };
    let id = text("id")?;
    let alg = text("alg").unwrap_or("RS256");
    let mut header =
        Header::new(alg.parse::<Algorithm>().map_err(|_| format!("nobody can sign with alg {alg}"))?);
    header.kid = text("kid").ok().map(str::to_owned);
    let claims = json!({
        "iss": id,
        "sub": id,
        "aud": audience,
        "iat": now,
        "exp": now + LIFETIME,
        "jti": random_word("", 32),
    });
    let key = EncodingKey::from_rsa_pem(text("key")?.as_bytes())
        .map_err(|fault| format!("the key is not an RSA key in PEM: {fault}"))?;
    jsonwebtoken::encode(&header, &claims, &key).map_err(|fault| format!("the key cannot sign: {fault}"))
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{DecodingKey, Validation};

    use super::*;

    fn client(alg: &str) -> Value {
        let file = |name: &str| ropg_fixtures::file(name).unwrap();
        json!({ "id": "web", "kid": "k", "alg": alg, "key": file("keys/insecure-test-client-a.pem") })
    }

    #[test]
    fn it_is_the_clients_own_for_the_audience_and_never_the_same() {
        let public = ropg_fixtures::file("keys/insecure-test-client-a.pub.pem").unwrap();
        let key = DecodingKey::from_rsa_pem(public.as_bytes()).unwrap();
        for alg in ["RS256", "RS384", "PS256"] {
            let token = sign(&client(alg), "https://t/", 1000).unwrap();
            let mut validation = Validation::new(alg.parse().unwrap());
            validation.set_audience(&["https://t/"]);
            validation.validate_exp = false;
            let claims = jsonwebtoken::decode::<Value>(&token, &key, &validation).unwrap().claims;
            assert_eq!((&claims["iss"], &claims["sub"]), (&json!("web"), &json!("web")));
            assert_eq!((&claims["iat"], &claims["exp"]), (&json!(1000), &json!(1060)));
            assert_ne!(token, sign(&client(alg), "https://t/", 1000).unwrap());
        }
    }

    #[test]
    fn what_is_missing_is_told() {
        assert!(sign(&json!({ "id": "web" }), "x", 0).unwrap_err().contains("`key`"));
        assert!(sign(&client("ES256"), "x", 0).is_err());
        assert!(sign(&client("XX"), "x", 0).unwrap_err().contains("XX"));
    }
}
