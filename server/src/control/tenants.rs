//! Tenants: listed, made, configured, deleted.

use http::StatusCode;
use ropg_fixtures::{Data, Node};
use serde_json::json;

use super::body::Body;
use super::call::{Call, Said};
use super::refusal::{Fault, Refusal};
use crate::server::Server;
use crate::tenant::Tenant;

/// Characters of a name.
const NAME_LIMIT: usize = 64;

/// `GET /tenants`
pub(super) fn list(call: &Call<'_>) -> Result<Said, Refusal> {
    call.nothing_asked()?;
    let all: Vec<_> = call.tenants.all().iter().map(|server| server.summary()).collect();
    Ok(Said::ok(json!({ "tenants": all })))
}

/// `POST /tenants`: makes one, on a port of its own.
pub(super) fn make(call: &Call<'_>) -> Result<Said, Refusal> {
    let body = call.body(&["name", "tenant", "like", "deviations"])?;
    let name =
        body.text("name")?.ok_or_else(|| Refusal::invalid("`name` is missing: what the tenant is called"))?;
    let plain = |letter: char| letter.is_ascii_alphanumeric() || ".-_".contains(letter);
    if name.is_empty() || name.len() > NAME_LIMIT || !name.chars().all(plain) {
        let rule = format!("letters, digits, `.`, `-` and `_`, at most {NAME_LIMIT} of them");
        return Err(Refusal::invalid(format!("`{name}` cannot be a name: it must be {rule}")));
    }
    let tenant = configured(call, &body, name)?.map_or_else(|| Ok(Tenant::acme().named(name)), Ok)?;
    let server = call.tenants.start(deviating(&body, tenant)?)?;
    Ok(Said::Told(StatusCode::CREATED, shown(&server)))
}

/// `GET /tenants/{name}`
pub(super) fn show(call: &Call<'_>) -> Result<Said, Refusal> {
    call.nothing_asked()?;
    Ok(Said::ok(shown(&*call.server()?)))
}

/// `PUT /tenants/{name}`: configures it anew while it runs.
pub(super) fn configure(call: &Call<'_>) -> Result<Said, Refusal> {
    let server = call.server()?;
    let body = call.body(&["tenant", "like", "deviations"])?;
    let tenant = configured(call, &body, &call.name)?;
    let tenant =
        tenant.ok_or_else(|| Refusal::invalid("neither `tenant` nor `like` says what it shall be"))?;
    server.configure(deviating(&body, tenant)?);
    Ok(Said::ok(shown(&server)))
}

/// `DELETE /tenants/{name}`: its port is free when this is answered.
pub(super) fn delete(call: &Call<'_>) -> Result<Said, Refusal> {
    call.nothing_asked()?;
    let server = call.tenants.remove(&call.name).ok_or_else(|| call.tenants.unknown(&call.name))?;
    server.stop();
    Ok(Said::Done)
}

fn shown(server: &Server) -> serde_json::Value {
    let mut shown = server.summary();
    shown["ignored"] = server.tenant().ignored().into();
    shown
}

/// The tenant that a body describes: a document, or another tenant whose copy it is; `None` if it says neither.
fn configured(call: &Call<'_>, body: &Body, name: &str) -> Result<Option<Tenant>, Refusal> {
    match (body.member("tenant"), body.text("like")?) {
        (Some(_), Some(_)) => Err(Refusal::invalid("`tenant` and `like` exclude each other")),
        (Some(node), None) => {
            if !matches!(node.data, Data::Map(_)) {
                return Err(body.wrong(node, "an object in the form of tenant.yaml"));
            }
            let tenant = Tenant::from_document(name, &Body::document(node));
            tenant.map(Some).map_err(|problems| {
                let faults = problems.0.into_iter().map(|problem| body.fault(problem, node.at));
                Refusal::invalid_tenant(faults.collect())
            })
        }
        (None, Some(like)) => Ok(Some(call.tenants.named(like)?.tenant().named(name))),
        (None, None) => Ok(None),
    }
}

/// The tenant with the deviations that a body names, or describes.
fn deviating(body: &Body, mut tenant: Tenant) -> Result<Tenant, Refusal> {
    let Some(list) = body.member("deviations") else { return Ok(tenant) };
    if !matches!(list.data, Data::List(_)) {
        return Err(body.wrong(list, "a list"));
    }
    let mut faults = Vec::new();
    for node in list.items() {
        match deviation(body, node, tenant.clone())? {
            Ok(deviating) => tenant = deviating,
            Err(found) => faults.extend(found),
        }
    }
    if faults.is_empty() { Ok(tenant) } else { Err(Refusal::invalid_tenant(faults)) }
}

/// With one more: the id of a shipped one, or `{ id, how }` as a deviation file has it.
fn deviation(body: &Body, node: &Node, tenant: Tenant) -> Result<Result<Tenant, Vec<Fault>>, Refusal> {
    if let Some(id) = node.text() {
        let unknown = |fault: crate::tenant::UnknownDeviation| {
            vec![Fault { at: body.pointer(node.at), message: fault.to_string(), help: None }]
        };
        return Ok(tenant.deviate(id).map_err(unknown));
    }
    let known = node.members().iter().all(|(key, _)| ["id", "how"].contains(&&*key.text));
    let (id, how) = (node.member("id").and_then(Node::text), node.member("how"));
    let (Some(id), Some(how), true) = (id, how, known) else {
        return Err(body.wrong(node, "the id of a deviation, or an object of `id` and `how`"));
    };
    let deviating = tenant.deviate_with(id, &how.to_json());
    Ok(deviating
        .map_err(|problems| problems.0.into_iter().map(|problem| body.fault(problem, how.at)).collect()))
}
