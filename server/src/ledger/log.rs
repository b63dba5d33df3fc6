//! The tenant log: what an administrator would read, in the recorded form. A ring: the oldest entry goes; the number at
//! the end of an id tells how many were written before it.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use serde_json::{Map, Value, json};

const LIMIT: usize = 10_000;

/// An entry before it is written: its members after `type`, in the recorded order.
#[derive(Clone, Debug)]
pub(crate) struct LogEntry {
    /// `sepft`, `fp`, …
    pub(crate) kind: String,
    pub(crate) members: Map<String, Value>,
}

/// The log of an epoch.
#[derive(Debug, Default)]
pub(crate) struct Log {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    entries: VecDeque<Value>,
    written: u64,
}

impl Log {
    /// Writes an entry; it begins with its ids, then its time and its type (LOG-20).
    pub(crate) fn write(&self, now: Timestamp, entry: LogEntry) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let id = id(now, state.written);
        state.written += 1;
        let mut members = Map::new();
        members.insert("_id".to_owned(), json!(id));
        members.insert("log_id".to_owned(), json!(id));
        members.insert("date".to_owned(), json!(format!("{now:.3}")));
        members.insert("type".to_owned(), json!(entry.kind));
        members.extend(entry.members);
        if state.entries.len() == LIMIT {
            state.entries.pop_front();
        }
        state.entries.push_back(Value::Object(members));
    }

    /// All entries that are still there, oldest first.
    pub(crate) fn entries(&self) -> Vec<Value> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.entries.iter().cloned().collect()
    }
}

/// 56 digits that begin with `900` and the time: unique, and in the order of writing.
fn id(now: Timestamp, number: u64) -> String {
    let time: String = format!("{now:.3}").chars().filter(char::is_ascii_digit).collect();
    format!("900{time}{number:0>36}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_ordered_and_the_ring_is_bounded() {
        let log = Log::default();
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        for _ in 0..LIMIT + 2 {
            log.write(now, LogEntry { kind: "fp".to_owned(), members: Map::new() });
        }
        let ids: Vec<String> =
            log.entries().iter().map(|entry| entry["_id"].as_str().unwrap_or_default().to_owned()).collect();
        assert_eq!(ids.len(), LIMIT);
        assert!(ids.is_sorted_by(|a, b| a < b));
        assert!(ids.iter().all(|id| id.len() == 56 && id.starts_with("90020270115080000000")));
    }
}
