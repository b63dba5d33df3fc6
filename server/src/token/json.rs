//! A JSON body with the members of a form (TOK-04). Repeated members are refused, which serde's maps would hide.

use std::fmt;

use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::Value;

/// The members of a JSON object in order, repeats included.
pub(crate) fn members(body: &[u8]) -> Result<Vec<(String, Value)>, String> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let members = reader.deserialize_map(Members).map_err(|_| "body is not a JSON object".to_owned())?;
    reader.end().map_err(|_| "something follows the JSON object".to_owned())?;
    Ok(members)
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Vec<(String, Value)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(members)
    }
}
