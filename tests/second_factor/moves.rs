//! Any order of an attacker's moves, who knows the victim's password and has an account of their own, but sees none of the
//! victim's secrets and nothing that is sent to them: it never ends in an access token of the victim's, nor in a factor more
//! or less.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use crate::world::*;

/// Where the attacker receives codes.
const TELEPHONE: &str = "+15550199";
const MAILBOX: &str = "eve@evil.test";

/// A move: which, and what it is done with.
type Move = (u8, Index, Index, Index);

fn moves(most: usize) -> impl Strategy<Value = Vec<Move>> {
    vec((0_u8..14, any::<Index>(), any::<Index>(), any::<Index>()), 1..most)
}

/// The attacker, and all that they have been told.
struct Attacker<'a> {
    world: &'a World,
    victim: &'static str,
    subject: String,
    /// Whether the victim has no factor yet: the password gets tokens then.
    early: bool,
    bearers: Vec<String>,
    oob_codes: Vec<String>,
    refresh_tokens: Vec<String>,
    secrets: Vec<String>,
    recovery_codes: Vec<String>,
    ids: Vec<String>,
}

fn one<'a>(of: &'a [String], at: &Index) -> &'a str {
    if of.is_empty() { "nothing" } else { &of[at.index(of.len())] }
}

impl<'a> Attacker<'a> {
    fn new(world: &'a World, victim: &'static str, subject: String, early: bool) -> Self {
        let secrets = vec![EVES_APP.to_owned()];
        let none = Vec::new;
        let (bearers, oob_codes, refresh_tokens, recovery_codes, ids) =
            (none(), none(), none(), none(), none());
        Self {
            world,
            victim,
            subject,
            early,
            bearers,
            oob_codes,
            refresh_tokens,
            secrets,
            recovery_codes,
            ids,
        }
    }

    /// Learns what an answer tells.
    fn learn(&mut self, told: &Value) {
        for (names, known) in [
            (["mfa_token", "access_token"], &mut self.bearers),
            (["oob_code"; 2], &mut self.oob_codes),
            (["refresh_token"; 2], &mut self.refresh_tokens),
            (["secret"; 2], &mut self.secrets),
            (["recovery_code"; 2], &mut self.recovery_codes),
        ] {
            known.extend(names.into_iter().filter_map(|name| text(told, name)));
        }
        let listed = |value: &Value, name: &str| {
            value
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|one| one.as_str().or(one[name].as_str()).map(str::to_owned))
                .collect::<Vec<_>>()
        };
        self.recovery_codes.extend(listed(&told["recovery_codes"], ""));
        self.ids.extend(listed(told, "id"));
    }

    /// What the attacker may type as a code: what they were sent, or what their apps show; never by luck what is right.
    fn code(&self, at: &Index) -> String {
        let sent = [TELEPHONE, MAILBOX, "+15550101"].into_iter().filter_map(|to| self.world.sent(to));
        let shown = self.secrets.iter().map(|secret| self.world.code(secret));
        let all: Vec<String> = sent.chain(shown).chain(["000000".to_owned()]).collect();
        let code = one(&all, at).to_owned();
        let lucky = self.world.sent("+15550100").is_some_and(|sent| sent == code);
        if lucky { "none".to_owned() } else { code }
    }

    fn step(&mut self, (which, a, b, c): &Move) {
        let world = self.world;
        let client = ["web", "web", "other"][c.index(3)];
        let bearer = one(&self.bearers, a).to_owned();
        let (_, told) = match which {
            0..=2 => {
                let user = [self.victim, self.victim, EVE][a.index(3)];
                let mut asked = vec![("username", user), ("password", PASSWORD)];
                if b.index(2) == 0 {
                    asked.extend([("audience", MFA), ("scope", ALL)]);
                }
                world.token(client, "password", &asked)
            }
            3 => {
                let oob = |channel: &str| json!({ "authenticator_types": ["oob"], "oob_channels": [channel], "phone_number": TELEPHONE, "email": MAILBOX });
                let wanted =
                    [json!({ "authenticator_types": ["otp"] }), oob("sms"), oob("email"), oob("auth0")];
                world.associate(&bearer, &wanted[b.index(4)])
            }
            4 => world.send("GET", "/mfa/authenticators", Some(&bearer), &Value::Null),
            5 => {
                let kind = ["oob", "otp", "oob otp"][b.index(3)];
                let mut body = json!({ "client_id": client, "mfa_token": bearer, "challenge_type": kind });
                if c.index(2) == 0 {
                    body["authenticator_id"] = json!(one(&self.ids, b));
                }
                world.send("POST", "/mfa/challenge", None, &body)
            }
            6..=7 if !self.early => {
                world.token(client, "mfa-otp", &[("mfa_token", &bearer), ("otp", &self.code(b))])
            }
            8..=9 if !self.early => {
                let code = self.code(c);
                let mut shown = vec![("mfa_token", bearer.as_str()), ("oob_code", one(&self.oob_codes, b))];
                if a.index(5) > 0 {
                    shown.push(("binding_code", &code));
                }
                world.token(client, "mfa-oob", &shown)
            }
            10 if !self.early => {
                let code = one(&self.recovery_codes, b);
                world.token(client, "mfa-recovery-code", &[("mfa_token", &bearer), ("recovery_code", code)])
            }
            11 if !self.early => {
                let path = format!("/mfa/authenticators/{}", one(&self.ids, b).replace('|', "%7C"));
                world.send("DELETE", &path, Some(&bearer), &Value::Null)
            }
            12 => world.token(client, "refresh_token", &[("refresh_token", one(&self.refresh_tokens, a))]),
            13 => {
                world.pass([1, 29, 30, 200][a.index(4)]);
                (0, Value::Null)
            }
            // What was begun early is confirmed later, or not at all.
            _ => (0, Value::Null),
        };
        let refreshed = *which == 12 && self.victim == NINA;
        if let Some(token) = told["access_token"].as_str().filter(|_| !self.early && !refreshed) {
            assert_ne!(world.owner(token), self.subject, "{which} {told}");
        }
        self.learn(&told);
    }
}

/// The victim logs in as usual. Tries that the attacker has spent come back in an hour.
fn logs_in(world: &World, victim: &str, app: &str) -> String {
    world.pass(3600);
    let shown = world.otp(&text(&world.manage(victim), "mfa_token").expect("there is a factor"), app);
    text(&shown.1, "access_token").unwrap_or_else(|| panic!("{}", shown.1))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_password_alone_never_ends_in_a_token(first in moves(20), second in moves(20)) {
        let world = World::new();
        let own = logs_in(&world, ANN, ANNS_APP);
        let mut attacker = Attacker::new(&world, ANN, world.owner(&own), false);
        let before = world.active(&own);
        first.iter().for_each(|one| attacker.step(one));
        let own = logs_in(&world, ANN, ANNS_APP);
        prop_assert_eq!(&world.active(&own), &before);
        // She begins another factor, which is nobody else's to confirm; and has a code sent.
        let begun = world.associate(&own, &json!({ "authenticator_types": ["otp"] })).1;
        world.challenge(&world.suspended(ANN), "oob");
        second.iter().for_each(|one| attacker.step(one));
        let own = logs_in(&world, ANN, ANNS_APP);
        prop_assert_eq!(&world.active(&own), &before);
        logs_in(&world, ANN, &text(&begun, "secret").expect("her own"));
    }

    #[test]
    fn nothing_that_was_prepared_outlives_the_first_factor(
        first in moves(10), between in moves(8), after in moves(24),
    ) {
        let world = World::new();
        let subject = world.owner(&text(&world.manage(NINA), "access_token").expect("no factor"));
        let mut attacker = Attacker::new(&world, NINA, subject, true);
        first.iter().for_each(|one| attacker.step(one));
        let own = world.suspended(NINA);
        let begun = world.associate(&own, &json!({ "authenticator_types": ["otp"] })).1;
        // What takes longer than she has patience for is another story.
        for one in between.iter().filter(|one| one.0 < 13) {
            attacker.step(one);
        }
        let app = text(&begun, "secret").unwrap_or_else(|| panic!("{begun}"));
        let shown = world.otp(&own, &app);
        prop_assert_eq!(shown.0, 200, "{}", shown.1);
        attacker.early = false;
        let before = world.active(&world.suspended(NINA));
        after.iter().for_each(|one| attacker.step(one));
        let own = logs_in(&world, NINA, &app);
        prop_assert_eq!(world.active(&own), before);
    }
}
