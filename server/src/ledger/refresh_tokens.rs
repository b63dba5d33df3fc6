//! Refresh tokens, as families: a login begins one, and each exchange of a rotating token adds a generation.
//!
//! ```text
//!                   ┌── exchange, not rotating: the token stays
//!                   ▼
//! begin ────────▶ living ── exchange, rotating ──▶ next generation, the token before it replaced ──▶ living
//!                   │            └ a replaced one in the leeway: another token of the present generation
//!                   │
//!                   ├── a replaced token comes again ───────────▶ ended (reused)
//!                   ├── revoked by its client, or user deleted ─▶ ended
//!                   ├── crowded out by 200 younger families ────▶ ended
//!                   ├── rotation switched on or off ────────────▶ ended, but for the one that was exchanged
//!                   └── its lifetime, or idle lifetime, is over ▶ dead
//! ```
//!
//! Bounded: a full ledger forgets what is dead, members and all, since nobody tells an unknown token from a dead one.
//! A login may end the largest living family besides, of equal ones the oldest: who rotates without end pushes nobody
//! else out. What is never forgotten is one member of a living family: its reuse
//! would go unnoticed. So an exchange that finds no room is refused.

mod judge;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Fingerprint, fingerprint};
use crate::tenant::behaviour::Switch;
use crate::tenant::scope::ScopeSet;
pub(crate) use judge::{Ended, Rules};
use judge::{History, Verdict, judge};

/// Tokens that an epoch remembers: those of 500 users who fill their limit; about 10 MiB.
const LIMIT: usize = 100_000;

/// Deleted users that are remembered; beyond, only logins under way at that very time would notice.
const GONE: usize = 10_000;

/// What a refresh token stands for: everything that was decided at the login.
#[derive(Clone, Debug)]
pub(crate) struct RefreshGrant {
    pub(crate) client_id: String,
    pub(crate) subject: String,
    /// The API's identifier; `None`: no audience.
    pub(crate) audience: Option<String>,
    pub(crate) scope: ScopeSet,
    /// Whether its login has shown a second factor.
    pub(crate) stepped_up: bool,
}

/// What came of presenting a token.
#[derive(Clone, Debug)]
pub(crate) enum Redeemed {
    /// It is good.
    Good(Arc<RefreshGrant>),
    /// Nobody knows it.
    Unknown,
    /// It belongs to another client, and lives on (RFT-14).
    Foreign(Arc<RefreshGrant>),
    /// Its family ended before.
    Ended(Ended),
    /// Its lifetime is over, or nobody used it for too long.
    Expired,
    /// It was replaced and came again, which ended its family (RFT-17).
    Reused,
}

/// What came of exchanging a token that was good when it was presented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exchanged {
    /// The token stays as it is.
    Kept,
    /// The successor stands in its place.
    Replaced,
    /// Somebody was faster, which makes this one a reuse (RFT-39).
    Reused,
    /// The family ended meanwhile.
    Lost,
    /// There is no room for a successor; the token was not used up.
    Full,
}

/// What came of revoking a token.
#[derive(Clone, Debug)]
pub(crate) enum Revoked {
    Ended(Arc<RefreshGrant>),
    /// Nobody knows it, or it was dead before.
    Nothing,
    /// It belongs to another client.
    Foreign,
}

/// The refresh tokens of an epoch.
#[derive(Debug)]
pub(crate) struct RefreshTokens {
    state: Mutex<State>,
    limit: usize,
}

impl Default for RefreshTokens {
    fn default() -> Self {
        Self { state: Mutex::default(), limit: LIMIT }
    }
}

type Number = u64;

#[derive(Debug, Default)]
struct State {
    members: HashMap<Fingerprint, Member>,
    /// By number: the oldest first.
    families: BTreeMap<Number, Family>,
    /// The families of a subject at a client, the oldest first, without those that were dead at the latest login.
    owners: HashMap<(String, String), Vec<Number>>,
    begun: Number,
    /// Subjects that were deleted: a login that was under way must not outlive them.
    gone: HashSet<String>,
}

#[derive(Clone, Copy, Debug)]
struct Member {
    family: Number,
    generation: u64,
}

#[derive(Debug)]
struct Family {
    grant: Arc<RefreshGrant>,
    members: Vec<Fingerprint>,
    rotating: bool,
    generation: u64,
    replaced: i64,
    used: i64,
    expires: Option<i64>,
    ended: Option<Ended>,
}

impl RefreshTokens {
    /// Begins a family at a login; the oldest of too many ends (RFT-25).
    pub(crate) fn begin(&self, token: &str, grant: RefreshGrant, rules: Rules<'_>, now: i64) {
        let print = fingerprint(token);
        let mut state = self.lock();
        if state.members.len() >= self.limit {
            state.forget_dead(now);
        }
        while state.members.len() >= self.limit
            && let Some(largest) = state.largest()
        {
            state.forget(largest);
        }
        let expires = rules.policy.lifetime.map(|lifetime| now + lifetime);
        let grant = Arc::new(grant);
        state.begin(print, Arc::clone(&grant), expires, rules.rotating(), now);
        if state.gone.contains(&grant.subject) {
            state.end_of_gone();
        }
        state.crowd_out(&grant, rules, now);
    }

    /// Looks at a token for a client. It is not used up by that; but a replaced one that comes again ends its family.
    pub(crate) fn redeem(&self, token: &str, client_id: &str, rules: Rules<'_>, now: i64) -> Redeemed {
        let print = fingerprint(token);
        let mut state = self.lock();
        let Some((family, age)) = state.family_of(&print) else { return Redeemed::Unknown };
        if family.grant.client_id != client_id {
            return Redeemed::Foreign(Arc::clone(&family.grant));
        }
        match judge(rules, &family.history(age, rules), now) {
            Verdict::Good => Redeemed::Good(Arc::clone(&family.grant)),
            Verdict::Ended(why) => Redeemed::Ended(why),
            Verdict::Expired | Verdict::Idle => Redeemed::Expired,
            Verdict::Reused => {
                family.end_reused(rules);
                Redeemed::Reused
            }
        }
    }

    /// Uses a token up, once nothing can refuse its exchange any more. It is judged again: of several who presented it
    /// together one wins, and the others have reused it (RFT-39).
    pub(crate) fn exchange(&self, token: &str, successor: &str, rules: Rules<'_>, now: i64) -> Exchanged {
        let (print, next) = (fingerprint(token), fingerprint(successor));
        let mut state = self.lock();
        if state.members.len() >= self.limit {
            state.forget_dead(now);
        }
        let full = state.members.len() >= self.limit;
        let Some((family, age)) = state.family_of(&print) else { return Exchanged::Lost };
        match judge(rules, &family.history(age, rules), now) {
            Verdict::Good => {}
            Verdict::Reused => {
                family.end_reused(rules);
                return Exchanged::Reused;
            }
            Verdict::Ended(_) | Verdict::Expired | Verdict::Idle => return Exchanged::Lost,
        }
        let was = family.rotating;
        let same = rules.behaviour.keeps(Switch::RefreshSiblings);
        if full && (was || rules.rotating()) {
            return Exchanged::Full;
        }
        family.carry_on(rules, now);
        match (was, rules.rotating()) {
            (false, false) => return Exchanged::Kept,
            (true, true) => state.replace(&print, next, age > 0 && same, now),
            (false, true) => {
                family.rotating = true;
                state.replace(&print, next, age > 0 && same, now);
                state.end_of_kind(&print, false, rules);
            }
            (true, false) => {
                let (grant, expires) = (Arc::clone(&family.grant), family.expires);
                state.end_of_kind(&print, true, rules);
                state.begin(next, grant, expires, false, now);
            }
        }
        Exchanged::Replaced
    }

    /// Ends the family of a token for its client; `grant`: and every other of the same user, client and audience (REV-09).
    pub(crate) fn revoke(&self, token: &str, client_id: &str, grant: bool, rules: Rules<'_>) -> Revoked {
        let print = fingerprint(token);
        let mut state = self.lock();
        let Some((family, _)) = state.family_of(&print) else { return Revoked::Nothing };
        if family.grant.client_id != client_id && rules.behaviour.keeps(Switch::RevokeClientBound) {
            return Revoked::Foreign;
        }
        let (before, stood_for) = (family.ended, Arc::clone(&family.grant));
        if !rules.behaviour.keeps(Switch::RevokeFamily) {
            state.members.remove(&print);
            return Revoked::Ended(stood_for);
        }
        family.ended = before.or(Some(Ended::Revoked));
        if grant {
            for other in state.alike(&stood_for, rules) {
                other.ended = other.ended.or(Some(Ended::Revoked));
            }
        }
        if before.is_some() { Revoked::Nothing } else { Revoked::Ended(stood_for) }
    }

    /// Ends all families of users who were deleted (RFT-35); who was created anew begins without any.
    pub(crate) fn end_of_users(&self, deleted: Vec<String>, created: &[String]) {
        let mut state = self.lock();
        for subject in created {
            state.gone.remove(subject);
        }
        if state.gone.len() + deleted.len() > GONE {
            state.gone.clear();
        }
        if !deleted.is_empty() {
            state.gone.extend(deleted);
            state.end_of_gone();
        }
    }

    /// Forgets a token that was merely presented: what a deviation does.
    pub(crate) fn forget(&self, token: &str) {
        self.lock().members.remove(&fingerprint(token));
    }

    /// Leaves a family only what was once asked of it: what a deviation does.
    pub(crate) fn narrow(&self, token: &str, asked: &ScopeSet) {
        if let Some((family, _)) = self.lock().family_of(&fingerprint(token)) {
            let scope = family.grant.scope.intersection(asked);
            family.grant = Arc::new(RefreshGrant { scope, ..RefreshGrant::clone(&family.grant) });
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The family of a token, and how many generations came after the token's own.
    fn family_of(&mut self, print: &Fingerprint) -> Option<(&mut Family, u64)> {
        let member = *self.members.get(print)?;
        let family = self.families.get_mut(&member.family)?;
        let age = family.generation - member.generation;
        Some((family, age))
    }

    fn begin(
        &mut self,
        print: Fingerprint,
        grant: Arc<RefreshGrant>,
        expires: Option<i64>,
        rotating: bool,
        now: i64,
    ) {
        self.begun += 1;
        let owner = (grant.subject.clone(), grant.client_id.clone());
        self.owners.entry(owner).or_default().push(self.begun);
        self.members.insert(print, Member { family: self.begun, generation: 0 });
        let family = Family {
            grant,
            members: vec![print],
            rotating,
            generation: 0,
            replaced: now,
            used: now,
            expires,
            ended: None,
        };
        self.families.insert(self.begun, family);
    }

    /// Ends the oldest living families of an owner who has too many (RFT-25).
    fn crowd_out(&mut self, grant: &RefreshGrant, rules: Rules<'_>, now: i64) {
        let keeps = |rule| rules.behaviour.keeps(rule);
        let owner = (grant.subject.clone(), grant.client_id.clone());
        let counted: Vec<Number> = if keeps(Switch::RefreshCountedApart) {
            self.owners.get(&owner).cloned().unwrap_or_default()
        } else {
            self.owners.values().flatten().copied().collect()
        };
        let lives = |number: &Number| {
            let family = self.families.get(number);
            family.is_some_and(|family| judge(rules, &family.history(0, rules), now) == Verdict::Good)
        };
        let mut living: Vec<Number> = counted.iter().copied().filter(lives).collect();
        let count = if keeps(Switch::RefreshLivingCounted) { living.len() } else { counted.len() };
        living.sort_unstable();
        if !keeps(Switch::RefreshOldestGoes) {
            living.reverse();
        }
        for number in living.into_iter().take(count.saturating_sub(rules.kept())) {
            if let Some(family) = self.families.get_mut(&number) {
                family.ended = Some(Ended::Crowded);
            }
        }
        if keeps(Switch::RefreshLivingCounted) {
            let families = &self.families;
            let dead = |number: &Number| families.get(number).is_none_or(|family| family.dead(now));
            self.owners.entry(owner).or_default().retain(|number| !dead(number));
        }
    }

    /// Adds a member: the first of the next generation, or one `beside` that of the present if the token was replaced before.
    fn replace(&mut self, print: &Fingerprint, next: Fingerprint, beside: bool, now: i64) {
        let Some(&Member { family: number, .. }) = self.members.get(print) else { return };
        let Some(family) = self.families.get_mut(&number) else { return };
        if !beside {
            family.generation += 1;
            family.replaced = now;
        }
        family.members.push(next);
        self.members.insert(next, Member { family: number, generation: family.generation });
    }

    /// The families of the same user, client and audience.
    fn alike<'a>(
        &'a mut self,
        grant: &'a RefreshGrant,
        rules: Rules<'a>,
    ) -> impl Iterator<Item = &'a mut Family> {
        let all = !rules.behaviour.keeps(Switch::RefreshGrantOfOne);
        let same = move |family: &&mut Family| {
            all || family.grant.subject == grant.subject
                && family.grant.client_id == grant.client_id
                && family.grant.audience == grant.audience
        };
        self.families.values_mut().filter(same)
    }

    /// Rotation was switched: the families like that of the token which are of the other kind end (RFT-24).
    fn end_of_kind(&mut self, print: &Fingerprint, rotating: bool, rules: Rules<'_>) {
        let Some((family, _)) = self.family_of(print) else { return };
        let grant = Arc::clone(&family.grant);
        if rules.behaviour.keeps(Switch::RefreshSwitchEnds) {
            for family in self.alike(&grant, rules).filter(|family| family.rotating == rotating) {
                family.ended = family.ended.or(Some(Ended::Switched));
            }
        }
    }

    fn end_of_gone(&mut self) {
        let gone = &self.gone;
        for family in self.families.values_mut().filter(|family| gone.contains(&family.grant.subject)) {
            family.ended = Some(Ended::UserGone);
        }
    }

    /// The family with the most members; of equal ones the oldest.
    fn largest(&self) -> Option<Number> {
        let sizes = self.families.iter().map(|(&number, family)| (family.members.len(), Reverse(number)));
        sizes.max().map(|(_, Reverse(number))| number)
    }

    fn forget_dead(&mut self, now: i64) {
        let dead = self.families.iter().filter(|(_, family)| family.dead(now));
        let dead: Vec<Number> = dead.map(|(&number, _)| number).collect();
        dead.into_iter().for_each(|number| self.forget(number));
    }

    /// Forgets a family with all its members: to whoever presents one it is unknown.
    fn forget(&mut self, number: Number) {
        let Some(family) = self.families.remove(&number) else { return };
        for print in &family.members {
            self.members.remove(print);
        }
        let owner = (family.grant.subject.clone(), family.grant.client_id.clone());
        if let Some(numbers) = self.owners.get_mut(&owner) {
            numbers.retain(|known| *known != number);
            if numbers.is_empty() {
                self.owners.remove(&owner);
            }
        }
    }
}

impl Family {
    /// Whether nothing brings it back; an idle one may live again if the setting changes.
    fn dead(&self, now: i64) -> bool {
        self.ended.is_some() || self.expires.is_some_and(|end| now >= end)
    }

    fn history(&self, age: u64, rules: Rules<'_>) -> History {
        let fixed = rules.behaviour.keeps(Switch::RefreshLifetimeFixed);
        let expires =
            if fixed { self.expires } else { rules.policy.lifetime.map(|lifetime| self.used + lifetime) };
        History { ended: self.ended, age, replaced: self.replaced, expires, used: self.used }
    }

    fn end_reused(&mut self, rules: Rules<'_>) {
        if rules.behaviour.keeps(Switch::RefreshReuseNoticed) {
            self.ended = Some(Ended::Reused);
        }
    }

    /// An exchange renews the idle lifetime (RFT-21), and a family without end takes on the one that was set since (RFT-23).
    fn carry_on(&mut self, rules: Rules<'_>, now: i64) {
        if rules.behaviour.keeps(Switch::RefreshIdleRenewed) {
            self.used = now;
        }
        if rules.behaviour.keeps(Switch::RefreshLifetimeTaken) {
            self.expires = self.expires.or(rules.policy.lifetime.map(|lifetime| now + lifetime));
        }
    }
}
