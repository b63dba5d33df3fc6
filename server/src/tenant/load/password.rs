//! A user's password: plain, for test data, or a hash of the bulk import, `password_hash` or `custom_password_hash`.
//! What cannot be compared is refused here, every fault at once, so that no login meets it.

use ropg_fixtures::document::{At, Node};

use super::super::password::{
    Algorithm, Argon2Hash, BcryptHash, Digest, DigestedHash, Encoding, LdapHash, PasswordEncoding,
    PasswordHash, Pbkdf2Hash, Salt, ScryptHash,
};
use super::check::Check;

/// The one of the three that the user has; the salt of a plain one derives from `whose` it is.
pub(super) fn password(whose: &str, user: &Node, check: &mut Check<'_>) -> Option<PasswordHash> {
    let members = ["password", "password_hash", "custom_password_hash"];
    let said: Vec<(&str, &Node)> =
        members.iter().filter_map(|&name| Some((name, user.member(name)?))).collect();
    match said.as_slice() {
        [("password", plain)] => plain.text().map(|plain| PasswordHash::of(whose, plain)),
        [("password_hash", hash)] => {
            let read = BcryptHash::read(hash.text()?, &["$2a$", "$2b$"], Salt::default());
            let algorithm = told(read, hash.at, check).map(Algorithm::Bcrypt)?;
            Some(PasswordHash::imported(algorithm, PasswordEncoding::Utf8))
        }
        [(_, custom)] => imported(custom, check),
        [] => {
            check
                .problem(user.at, "a user needs a `password`, a `password_hash` or a `custom_password_hash`");
            None
        }
        [(one, _), (other, node), ..] => {
            check.problem(node.at, format!("a user has a `{one}` or a `{other}`, not both"));
            None
        }
    }
}

fn told<T>(read: Result<T, String>, at: At, check: &mut Check<'_>) -> Option<T> {
    read.map_err(|fault| check.problem(at, fault)).ok()
}

fn imported(node: &Node, check: &mut Check<'_>) -> Option<PasswordHash> {
    let algorithm = node.member("algorithm")?;
    let custom = Custom { node, name: algorithm.text()? };
    let hash = custom.algorithm(algorithm.at, check);
    custom.out_of_place(check);
    let encoding = node.member("password").and_then(|password| password.member("encoding"));
    let encoding = encoding
        .map_or(Some(PasswordEncoding::Utf8), |encoding| encoding.text().and_then(PasswordEncoding::named));
    Some(PasswordHash::imported(hash?, encoding?))
}

/// A `custom_password_hash` and the name of its algorithm.
struct Custom<'a> {
    node: &'a Node,
    name: &'a str,
}

impl Custom<'_> {
    fn algorithm(&self, at: At, check: &mut Check<'_>) -> Option<Algorithm> {
        let value = self.node.member("hash")?.member("value")?;
        let text = value.text()?;
        match self.name {
            "argon2" => told(Argon2Hash::read(text), value.at, check).map(Algorithm::Argon2),
            "bcrypt" => {
                let salt = self.salt(check)?;
                let read = BcryptHash::read(text, &["$2a$", "$2b$", "$2y$"], salt);
                told(read, value.at, check).map(Algorithm::Bcrypt)
            }
            "ldap" => told(LdapHash::read(text), value.at, check).map(Algorithm::Ldap),
            "pbkdf2" => told(Pbkdf2Hash::read(text), value.at, check).map(Algorithm::Pbkdf2),
            "scrypt" => self.scrypt(check).map(Algorithm::Scrypt),
            "hmac" => self.hmac(check).map(Algorithm::Digested),
            name => {
                let Some(digest) = Digest::named(name) else {
                    check.problem(at, format!("`{name}` is not read: too weak to be kept alive here"));
                    return None;
                };
                let (hash, salt) = (self.hash(check), self.salt(check));
                told(DigestedHash::new(digest, None, salt?, hash?), value.at, check).map(Algorithm::Digested)
            }
        }
    }

    fn hmac(&self, check: &mut Check<'_>) -> Option<DigestedHash> {
        let hash = self.node.member("hash")?;
        let digest = match hash.member("digest") {
            Some(named) => {
                let digest = Digest::named(named.text()?);
                if digest.is_none() {
                    let name = named.text().unwrap_or_default();
                    check.problem(
                        named.at,
                        format!("hmac is read with md5 and the sha digests, not with `{name}`"),
                    );
                }
                digest
            }
            None => {
                check.problem(hash.at, "hmac needs a `digest`");
                None
            }
        };
        let key = match hash.member("key") {
            Some(key) => bytes(key, Encoding::Utf8, check),
            None => {
                check.problem(hash.at, "hmac needs a `key`");
                None
            }
        };
        let (value, salt) = (self.hash(check), self.salt(check));
        told(DigestedHash::new(digest?, Some(key?), salt?, value?), hash.at, check)
    }

    fn scrypt(&self, check: &mut Check<'_>) -> Option<ScryptHash> {
        let length = self.number("keylen", check);
        let cost = [("cost", 16_384), ("blockSize", 8), ("parallelization", 1)].map(|(name, left_out)| {
            if self.node.member(name).is_some() { self.number(name, check) } else { Some(left_out) }
        });
        let (hash, salt) = (self.hash(check), self.salt(check));
        let [cost, block_size, parallelization] = cost;
        let cost = [cost?, block_size?, parallelization?];
        told(ScryptHash::new(hash?, salt?, length?, cost), self.node.at, check)
    }

    fn number(&self, name: &str, check: &mut Check<'_>) -> Option<u64> {
        let node = self.node.member(name);
        let number = node.and_then(Node::whole);
        if number.is_none() {
            let at = node.map_or(self.node.at, |node| node.at);
            check.problem(at, format!("scrypt needs a whole number as `{name}`"));
        }
        number
    }

    /// The bytes of a hash that carries nothing else; how they are written must be said.
    fn hash(&self, check: &mut Check<'_>) -> Option<Vec<u8>> {
        let hash = self.node.member("hash")?;
        match hash.member("encoding").and_then(Node::text) {
            Some("hex" | "base64") => bytes(hash, Encoding::Utf8, check),
            _ => {
                check.problem(hash.at, format!("a hash of {} needs the `encoding` hex or base64", self.name));
                None
            }
        }
    }

    /// No salt is an empty one.
    fn salt(&self, check: &mut Check<'_>) -> Option<Salt> {
        let Some(salt) = self.node.member("salt") else { return Some(Salt::default()) };
        let suffix = salt.member("position").and_then(Node::text) == Some("suffix");
        Some(Salt { bytes: bytes(salt, Encoding::Utf8, check)?, suffix })
    }

    /// Members that the algorithm has no use for: whoever wrote them expects another comparison.
    fn out_of_place(&self, check: &mut Check<'_>) {
        let name = self.name;
        let own_salt = matches!(name, "argon2" | "pbkdf2" | "ldap");
        if let Some(salt) = self.node.member("salt").filter(|_| own_salt) {
            check.problem(
                salt.at,
                format!("a hash of {name} carries its own salt: `salt` has no place beside it"),
            );
        }
        for member in ["keylen", "cost", "blockSize", "parallelization"] {
            if let Some(node) = self.node.member(member).filter(|_| name != "scrypt") {
                check.problem(node.at, format!("`{member}` belongs to scrypt, not to {name}"));
            }
        }
        let hash = self.node.member("hash");
        let of_the_hash = |member: &str| hash.and_then(|hash| hash.member(member));
        for member in ["digest", "key"] {
            if let Some(node) = of_the_hash(member).filter(|_| name != "hmac") {
                check.problem(node.at, format!("`{member}` belongs to hmac, not to {name}"));
            }
        }
        let is_text = own_salt || name == "bcrypt";
        if let Some(node) = of_the_hash("encoding").filter(|node| is_text && node.text() != Some("utf8")) {
            check.problem(node.at, format!("a hash of {name} is text: its `encoding` is utf8"));
        }
    }
}

/// `value`, written in `encoding`.
fn bytes(node: &Node, left_out: Encoding, check: &mut Check<'_>) -> Option<Vec<u8>> {
    let value = node.member("value")?;
    let encoding =
        node.member("encoding").map_or(Some(left_out), |node| node.text().and_then(Encoding::named));
    match encoding?.decode(value.text()?) {
        Ok(bytes) => Some(bytes),
        Err(fault) => {
            check.problem(value.at, fault);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::tenant::Tenant;

    /// A tenant with one user for each line, whose password is as the line says.
    fn tenant(passwords: &[&str]) -> String {
        let mut text = "databases:\n  - name: staff\nropg:\n  users:\n    staff:\n".to_owned();
        for (number, password) in passwords.iter().enumerate() {
            text.push_str(&format!("      - {{ email: u{number}@example.test, {password} }}\n"));
        }
        text
    }

    #[test]
    fn every_fault_is_told_at_once_and_in_its_place() {
        let faults = [
            ("name: Nobody", "a user needs a `password`, a `password_hash` or a `custom_password_hash`"),
            ("password: x, password_hash: y", "a user has a `password` or a `password_hash`, not both"),
            ("password_hash: x", "a bcrypt hash has 60 characters and begins with $2a$ or $2b$"),
            ("custom_password_hash: { algorithm: md4, hash: { value: x } }", "`md4` is not read"),
            ("custom_password_hash: { algorithm: whirlpool, hash: { value: x } }", "whirlpool"),
            (
                "custom_password_hash: { algorithm: argon2, hash: { value: x } }",
                "an argon2 hash has the form",
            ),
            (
                "custom_password_hash: { algorithm: md5, hash: { value: 00 } }",
                "needs the `encoding` hex or base64",
            ),
            (
                "custom_password_hash: { algorithm: md5, hash: { value: \"0g\", encoding: hex } }",
                "not hexadecimal",
            ),
            (
                "custom_password_hash: { algorithm: md5, hash: { value: \"00\", encoding: hex } }",
                "1 bytes, its digest 16",
            ),
            (
                "custom_password_hash: { algorithm: hmac, hash: { value: \"00\", encoding: hex, key: { value: k } } }",
                "hmac needs a `digest`",
            ),
            (
                "custom_password_hash: { algorithm: hmac, hash: { value: \"00\", encoding: hex, digest: md5 } }",
                "hmac needs a `key`",
            ),
            (
                "custom_password_hash: { algorithm: hmac, hash: { value: \"00\", encoding: hex, digest: mdc2, key: { value: k } } }",
                "not with `mdc2`",
            ),
            (
                "custom_password_hash: { algorithm: scrypt, hash: { value: \"00\", encoding: hex } }",
                "scrypt needs a whole number as `keylen`",
            ),
            (
                "custom_password_hash: { algorithm: scrypt, keylen: 1, cost: 2.0, hash: { value: \"00\", encoding: hex } }",
                "as `cost`",
            ),
            (
                "custom_password_hash: { algorithm: scrypt, keylen: 1, cost: 3, hash: { value: \"00\", encoding: hex } }",
                "a power of two",
            ),
            (
                "custom_password_hash: { algorithm: ldap, hash: { value: \"{CRYPT}x\" } }",
                "`{CRYPT}` is not read",
            ),
        ];
        let passwords: Vec<&str> = faults.iter().map(|(password, _)| *password).collect();
        let problems = Tenant::from_yaml(&tenant(&passwords)).expect_err("each is wrong").0;
        for (number, (password, fault)) in faults.iter().enumerate() {
            let line = 6 + u32::try_from(number).unwrap();
            let here = || problems.iter().filter(|problem| problem.at.is_some_and(|at| at.line == line));
            let told: Vec<&str> = here().map(|problem| problem.message.as_str()).collect();
            assert!(told.iter().any(|told| told.contains(fault)), "{password}: {told:?}");
            assert_eq!(told.len(), 1, "{password}: {told:?}");
        }
    }

    #[test]
    fn members_without_a_use_are_refused_each() {
        let argon2 = "algorithm: argon2, hash: { value: \"$argon2id$v=19$m=8,t=1,p=1$YSBzYWx0IG9mIGFyZ29uMg$LVmfFm8AF+/FAULLaTtSAPa0y8k442JMhCmv5vkM9Qw\"";
        let good = format!("custom_password_hash: {{ {argon2} }} }}");
        assert!(Tenant::from_yaml(&tenant(&[&good])).is_ok());
        let bad = format!(
            "custom_password_hash: {{ {argon2}, encoding: hex, digest: md5, key: {{ value: k }} }}, \
             salt: {{ value: s }}, keylen: 1, cost: 2, blockSize: 8, parallelization: 1 }}"
        );
        let problems = Tenant::from_yaml(&tenant(&[&bad])).expect_err("it is wrong");
        let told: Vec<&str> = problems.0.iter().map(|problem| problem.message.as_str()).collect();
        for fault in [
            "`salt` has no place",
            "`keylen`",
            "`cost`",
            "`blockSize`",
            "`parallelization`",
            "`digest`",
            "`key`",
            "`encoding` is utf8",
        ] {
            assert_eq!(told.iter().filter(|told| told.contains(fault)).count(), 1, "{fault}: {told:?}");
        }
        assert_eq!(told.len(), 8, "{told:?}");
    }
}
