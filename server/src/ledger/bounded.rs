//! A map that is bounded by forgetting: for what only ends when it is forgotten (a token, a code, a login that waits). Every
//! verb costs at most the logarithm of what is kept, but for [`Bounded::retain`] and [`Bounded::values_mut`], which see all.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::hash::Hash;

/// Entries that are kept: more than a test makes, and about 3 MiB of them.
const LIMIT: usize = 10_000;

/// The newest entries; where one is too many, the oldest goes. Prints how many there are, not what: some are secret.
pub(super) struct Bounded<K, V> {
    entries: HashMap<K, (u64, V)>,
    /// The keys in the order of their arrival.
    arrivals: BTreeMap<u64, K>,
    /// The number of the last arrival.
    last: u64,
}

impl<K: Clone + Eq + Hash, V> Bounded<K, V> {
    /// Adds an entry as the newest, in place of an older one of the same key.
    pub(super) fn insert(&mut self, key: K, value: V) {
        self.remove(&key);
        if self.entries.len() == LIMIT
            && let Some((_, oldest)) = self.arrivals.pop_first()
        {
            self.entries.remove(&oldest);
        }
        self.last += 1;
        self.arrivals.insert(self.last, key.clone());
        self.entries.insert(key, (self.last, value));
    }

    pub(super) fn get(&self, key: &K) -> Option<&V> {
        self.entries.get(key).map(|(_, value)| value)
    }

    pub(super) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.entries.get_mut(key).map(|(_, value)| value)
    }

    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.entries.values_mut().map(|(_, value)| value)
    }

    pub(super) fn remove(&mut self, key: &K) -> Option<V> {
        let (arrival, value) = self.entries.remove(key)?;
        self.arrivals.remove(&arrival);
        Some(value)
    }

    pub(super) fn retain(&mut self, stays: impl Fn(&V) -> bool) {
        let Self { entries, arrivals, .. } = self;
        entries.retain(|_, (arrival, value)| {
            let stays = stays(value);
            if !stays {
                arrivals.remove(arrival);
            }
            stays
        });
    }
}

impl<K, V> Default for Bounded<K, V> {
    fn default() -> Self {
        Self { entries: HashMap::new(), arrivals: BTreeMap::new(), last: 0 }
    }
}

impl<K, V> fmt::Debug for Bounded<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bounded({} entries)", self.entries.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_goes_where_one_is_too_many() {
        let mut kept = Bounded::default();
        for number in 0..LIMIT {
            kept.insert(number, ());
        }
        // What comes anew is the newest; what is gone makes room.
        kept.insert(0, ());
        kept.remove(&1);
        kept.insert(LIMIT, ());
        assert!(kept.get(&0).is_some() && kept.get(&2).is_some());
        kept.insert(LIMIT + 1, ());
        assert!(kept.get(&0).is_some() && kept.get(&2).is_none());
        assert_eq!((kept.entries.len(), kept.arrivals.len()), (LIMIT, LIMIT));
    }

    #[test]
    fn what_does_not_stay_is_forgotten_wholly() {
        let mut kept = Bounded::default();
        for number in 0..4 {
            kept.insert(number, number);
        }
        kept.retain(|number| number % 2 == 0);
        assert_eq!((kept.entries.len(), kept.arrivals.len()), (2, 2));
        assert_eq!((kept.get(&2), kept.get(&3)), (Some(&2), None));
    }

    #[test]
    fn it_prints_nothing_of_what_it_keeps() {
        let mut kept = Bounded::default();
        kept.insert("key", "value");
        assert_eq!(format!("{kept:?}"), "Bounded(1 entries)");
    }
}
