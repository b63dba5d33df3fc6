//! A running `ropg-server`, by its control listener: each case has a tenant of its own there, which is deleted at the end.
//! Judged as the embedded server is.

use std::time::Duration;

use serde_json::{Value, json};

use super::reference::{self, Tenant};
use super::{Driver, PushAct, Unmet, World};
use crate::corpus::case::Case;
use crate::corpus::flavour::Flavour;
use crate::step::bindings::random_word;
use crate::step::send::{self, Fault};
use crate::step::{Answer, Sending};

/// How long control may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Makes a tenant for each case.
#[derive(Clone, Debug)]
pub struct Mock {
    name: String,
    /// The listener, without a slash at the end.
    control: String,
}

impl Mock {
    /// Looks whether a control listener is at `url`.
    ///
    /// # Errors
    /// What is there instead, and what would be right.
    pub fn connect(url: &str) -> Result<Self, String> {
        let control = url.trim_end_matches('/').to_owned();
        let asked = ask("GET", &format!("{control}/tenants"), None);
        let told = asked.and_then(|told| {
            told["tenants"].is_array().then_some(()).ok_or_else(|| "it answers something else".to_owned())
        });
        told.map_err(|why| {
            let right = "a running ropg-server names it `control_url` in its ready line";
            format!("no control listener is at {url}: {why}; {right}")
        })?;
        Ok(Self { name: format!("ropg-server at {control}"), control })
    }
}

impl Driver for Mock {
    fn name(&self) -> &str {
        &self.name
    }

    fn url(&self) -> Option<&str> {
        None
    }

    fn strict(&self) -> bool {
        true
    }

    fn parallel(&self) -> usize {
        reference::parallel()
    }

    fn prepare(&self, case: &Case, flavour: &Flavour) -> Result<World, Unmet> {
        reference::prepare(case, flavour, |document| Remote::make(&self.control, &document))
    }
}

/// A tenant of the other process.
struct Remote {
    /// Where it is controlled.
    address: String,
    url: String,
    issuer: String,
}

impl Remote {
    fn make(control: &str, document: &Value) -> Result<Self, String> {
        let name = random_word("suite-", 12);
        let body = json!({ "name": name, "tenant": document });
        let told = ask("POST", &format!("{control}/tenants"), Some(&body))?;
        // From here on it is deleted, whatever comes.
        let made = Self {
            address: format!("{control}/tenants/{name}"),
            url: text(&told, "url"),
            issuer: text(&told, "issuer"),
        };
        let whole = !made.url.is_empty() && !made.issuer.is_empty();
        whole.then_some(made).ok_or_else(|| format!("control does not say where the tenant is: {told}"))
    }

    fn read(&self, what: &str, member: &str) -> Result<Vec<Value>, String> {
        let mut told = ask("GET", &format!("{}/{what}", self.address), None)?;
        match told[member].take() {
            Value::Array(list) => Ok(list),
            _ => Err(format!("control tells no {member} of the {what}")),
        }
    }

    fn act(&self, what: &str, body: &Value) -> Result<Value, String> {
        ask("POST", &format!("{}/{what}", self.address), Some(body))
    }
}

impl Tenant for Remote {
    fn url(&self) -> String {
        self.url.clone()
    }

    fn issuer(&self) -> String {
        self.issuer.clone()
    }

    fn configure(&self, document: Value) -> Result<(), String> {
        ask("PUT", &self.address, Some(&json!({ "tenant": document }))).map(drop)
    }

    fn freeze(&self) -> Result<(), String> {
        self.act("clock", &json!({ "freeze": true })).map(drop)
    }

    fn pass(&self, seconds: i64) -> Result<(), String> {
        self.act("clock", &json!({ "advance": seconds })).map(drop)
    }

    fn log(&self) -> Result<Vec<Value>, String> {
        self.read("log", "entries")
    }

    fn outbox(&self) -> Result<Vec<Value>, String> {
        self.read("outbox", "messages")
    }

    fn push(&self, act: &PushAct) -> Result<Value, String> {
        let body = match act {
            PushAct::Scan { enrollment, device: Some(device) } => {
                json!({ "scan": enrollment, "device": device })
            }
            PushAct::Scan { enrollment, device: None } => json!({ "scan": enrollment }),
            PushAct::Accept(transaction) => json!({ "accept": transaction }),
            PushAct::Reject(transaction) => json!({ "reject": transaction }),
        };
        self.act("push", &body)
    }
}

impl Drop for Remote {
    fn drop(&mut self) {
        // A server that has gone meanwhile has no tenants either.
        drop(ask("DELETE", &self.address, None));
    }
}

fn text(object: &Value, member: &str) -> String {
    object[member].as_str().unwrap_or_default().to_owned()
}

/// What control says, `null` if it has nothing to say; or why it refuses.
fn ask(method: &str, url: &str, body: Option<&Value>) -> Result<Value, String> {
    let sending = Sending {
        method: method.to_owned(),
        url: url.to_owned(),
        headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
        body: body.map(Value::to_string),
    };
    match send::send("control", &sending, PATIENCE) {
        Ok(Answer { status: 200..300, json, .. }) => Ok(json.unwrap_or_default()),
        Ok(answer) => {
            let said = answer.json.as_ref().and_then(|json| json["message"].as_str());
            let problems = answer.json.as_ref().and_then(|json| json.get("problems"));
            let problems = problems.map(|list| format!(": {list}")).unwrap_or_default();
            Err(format!("{} {}{problems}", answer.status, said.unwrap_or("without a reason")))
        }
        Err(Fault::Transport(why) | Fault::Unsendable(why)) => Err(why),
    }
}
