//! `ropg.api_routes`: what of an API can be called, by the API's name.

use ropg_fixtures::document::Node;

use super::super::api::Route;
use super::check::Check;
use super::{list, text};

/// The routes of one API, whose scopes are `known`.
pub(super) fn routes(nodes: &[Node], known: &[String], check: &mut Check<'_>) -> Vec<Route> {
    let mut all: Vec<Route> = Vec::new();
    for node in nodes {
        let method = text(node, "method").unwrap_or_else(|| "GET".to_owned());
        let path = text(node, "path").unwrap_or_default();
        if all.iter().any(|route| route.method == method && route.path == path) {
            check.problem(node.at, format!("route `{method} {path}` is there already"));
        }
        let scopes = list(node, "scopes");
        for (item, name) in scopes.iter().filter_map(|item| item.text().map(|name| (item, name))) {
            if !known.iter().any(|scope| scope == name) {
                check.unknown(item.at, format!("the API has no scope `{name}`"), name, known);
            }
        }
        all.push(Route { method, path, scopes: scopes.iter().filter_map(Node::text).collect() });
    }
    all
}
