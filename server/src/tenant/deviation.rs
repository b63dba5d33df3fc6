//! A deliberate misbehaviour, as data: which behaviours change, and what happens to which exchange. Carried out by
//! `crate::deviation`.

use ropg_fixtures::{Document, Problem, Problems};
use serde_json::{Map, Value};

use super::behaviour::{Behaviour, Preset};

/// A deviation that was read.
#[derive(Clone, Debug)]
pub(crate) struct Deviation {
    pub(crate) id: String,
    pub(crate) title: String,
    /// Behaviours and the values that they take.
    pub(crate) behaviour: Vec<(String, String)>,
    pub(crate) exchange: Option<Tampering>,
    pub(crate) log: Option<LogTampering>,
}

/// What happens to entries of the tenant log.
#[derive(Clone, Debug, Default)]
pub(crate) struct LogTampering {
    /// Which type of entry; `None`: all.
    pub(crate) kind: Option<String>,
    /// It is not written.
    pub(crate) dropped: bool,
    /// It is written twice.
    pub(crate) doubled: bool,
    /// It is written under another type.
    pub(crate) as_kind: Option<String>,
    /// `None` removes.
    pub(crate) members: Vec<(String, Option<Value>)>,
    /// Members that hold what the request sent under a name.
    pub(crate) echo: Vec<(String, String)>,
    /// These members stand first.
    pub(crate) reorder: Vec<String>,
}

/// What happens to an exchange.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tampering {
    pub(crate) on: On,
    pub(crate) status: Option<u16>,
    /// `None` removes.
    pub(crate) headers: Vec<(String, Option<String>)>,
    /// `None` removes.
    pub(crate) members: Vec<(String, Option<Value>)>,
    /// Members that repeat a parameter of the request.
    pub(crate) echo: Vec<(String, String)>,
    pub(crate) reorder: Vec<String>,
    pub(crate) body: Option<String>,
    /// A refusal becomes a plausible grant.
    pub(crate) granted: bool,
    pub(crate) token: Option<Forgery>,
}

/// To which exchanges it happens; all that is said must hold.
#[derive(Clone, Debug, Default)]
pub(crate) struct On {
    pub(crate) endpoint: Option<String>,
    pub(crate) granted: Option<bool>,
    pub(crate) answer: Option<String>,
    pub(crate) grant: Option<String>,
    pub(crate) client: Option<String>,
    pub(crate) method: Option<String>,
}

/// What happens to a token in the answer.
#[derive(Clone, Debug)]
pub(crate) struct Forgery {
    /// `access_token` or `id_token`.
    pub(crate) member: &'static str,
    pub(crate) header: Map<String, Value>,
    pub(crate) claims: Map<String, Value>,
    pub(crate) flip_signature: bool,
    pub(crate) unsigned: bool,
}

/// The deviations that ship with the server.
pub(crate) fn shipped() -> Vec<Deviation> {
    let mut all = Vec::new();
    for file in ropg_fixtures::under("deviations") {
        let root = file.document().root.to_json();
        for entry in root["deviations"].as_array().into_iter().flatten() {
            let id = entry["id"].as_str().unwrap_or_default();
            match Deviation::read(id, &entry["how"]) {
                Ok(mut deviation) => {
                    deviation.title = entry["title"].as_str().unwrap_or_default().to_owned();
                    all.push(deviation);
                }
                Err(problems) => unreachable!("{}: {id}: {problems}", file.path),
            }
        }
    }
    all
}

impl Deviation {
    /// Reads `how`: `behaviour`, or `exchange`, or both.
    pub(crate) fn read(id: &str, how: &Value) -> Result<Self, Problems> {
        let document = Document::embedded(id, Value::Null);
        let mut faults = Reader { faults: Vec::new() };
        let mut deviation = Self {
            id: id.to_owned(),
            title: String::new(),
            behaviour: Vec::new(),
            exchange: None,
            log: None,
        };
        faults.known(how, "how", &["behaviour", "exchange", "log"]);
        let mut trial = Behaviour::preset(Preset::Auth0);
        for (name, value) in how["behaviour"].as_object().into_iter().flatten() {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            if let Err(fault) = trial.set_any(name, &value) {
                faults.faults.push(fault);
            }
            deviation.behaviour.push((name.clone(), value));
        }
        if let Some(exchange) = how.get("exchange") {
            deviation.exchange = Some(faults.tampering(exchange));
        }
        if let Some(log) = how.get("log") {
            deviation.log = Some(faults.log(log));
        }
        if deviation.behaviour.is_empty() && deviation.exchange.is_none() && deviation.log.is_none() {
            faults.faults.push("a deviation changes a `behaviour`, an `exchange` or the `log`".to_owned());
        }
        let problems =
            faults.faults.into_iter().map(|fault| Problem::new(&document, document.root.at, fault));
        Problems(problems.collect()).or(deviation)
    }
}

/// Collects what is wrong while reading.
struct Reader {
    faults: Vec<String>,
}

impl Reader {
    fn known(&mut self, value: &Value, whose: &str, known: &[&str]) {
        let Some(members) = value.as_object() else {
            self.faults.push(format!("`{whose}` must be a map"));
            return;
        };
        for name in members.keys().filter(|name| !known.contains(&name.as_str())) {
            self.faults.push(format!("unknown member `{name}` in `{whose}`; known: {}", known.join(", ")));
        }
    }

    fn tampering(&mut self, value: &Value) -> Tampering {
        let members = ["on", "status", "headers", "members", "echo", "reorder", "body", "reply", "token"];
        self.known(value, "exchange", &members);
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let on = &value["on"];
        self.known(on, "on", &["endpoint", "outcome", "answer", "grant", "client", "method"]);
        if !on["outcome"].is_null() && !matches!(on["outcome"].as_str(), Some("granted" | "refused")) {
            self.faults.push("`outcome` is `granted` or `refused`".to_owned());
        }
        let optional = |map: &Value| -> Vec<(String, Option<Value>)> {
            let members = map.as_object().into_iter().flatten();
            members.map(|(name, value)| (name.clone(), (!value.is_null()).then(|| value.clone()))).collect()
        };
        Tampering {
            on: On {
                endpoint: text(&on["endpoint"]),
                granted: on["outcome"].as_str().map(|word| word == "granted"),
                answer: text(&on["answer"]),
                grant: text(&on["grant"]),
                client: text(&on["client"]),
                method: text(&on["method"]),
            },
            status: value["status"].as_u64().and_then(|status| u16::try_from(status).ok()),
            headers: optional(&value["headers"])
                .into_iter()
                .map(|(name, value)| (name.to_ascii_lowercase(), value.and_then(|value| text(&value))))
                .collect(),
            members: optional(&value["members"]),
            echo: echo(&value["echo"]),
            reorder: value["reorder"].as_array().into_iter().flatten().filter_map(text).collect(),
            body: text(&value["body"]),
            granted: value["reply"].as_str() == Some("granted"),
            token: (!value["token"].is_null()).then(|| self.forgery(&value["token"])),
        }
    }

    fn log(&mut self, value: &Value) -> LogTampering {
        self.known(value, "log", &["type", "drop", "double", "as", "members", "echo", "reorder"]);
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let members = value["members"].as_object().into_iter().flatten();
        LogTampering {
            kind: text(&value["type"]),
            dropped: value["drop"].as_bool().unwrap_or(false),
            doubled: value["double"].as_bool().unwrap_or(false),
            as_kind: text(&value["as"]),
            members: members
                .map(|(name, value)| (name.clone(), (!value.is_null()).then(|| value.clone())))
                .collect(),
            echo: echo(&value["echo"]),
            reorder: value["reorder"].as_array().into_iter().flatten().filter_map(text).collect(),
        }
    }

    fn forgery(&mut self, value: &Value) -> Forgery {
        self.known(value, "token", &["which", "header", "claims", "flip_signature", "unsigned"]);
        let map = |value: &Value| value.as_object().cloned().unwrap_or_default();
        let member = match value["which"].as_str() {
            Some("id") => "id_token",
            Some("access") | None => "access_token",
            Some(other) => {
                self.faults.push(format!("`which` is `access` or `id`, not `{other}`"));
                "access_token"
            }
        };
        Forgery {
            member,
            header: map(&value["header"]),
            claims: map(&value["claims"]),
            flip_signature: value["flip_signature"].as_bool().unwrap_or(false),
            unsigned: value["unsigned"].as_bool().unwrap_or(false),
        }
    }
}

/// Member → parameter of the request.
fn echo(value: &Value) -> Vec<(String, String)> {
    let members = value.as_object().into_iter().flatten();
    members.filter_map(|(member, parameter)| Some((member.clone(), parameter.as_str()?.to_owned()))).collect()
}
