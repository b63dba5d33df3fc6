//! What an export lacks, keyed by name: `ropg.clients`, `ropg.apis`, `ropg.api_routes`.

use ropg_fixtures::document::Node;

use super::check::Check;
use super::{list, text};

/// The member `ropg`, if there is one.
pub(super) struct Overlay<'a> {
    root: Option<&'a Node>,
}

impl<'a> Overlay<'a> {
    pub(super) fn of(root: &'a Node) -> Self {
        Self { root: root.member("ropg") }
    }

    /// Id and secret of a client.
    pub(super) fn client(&self, name: &str) -> Option<&'a Node> {
        self.root?.member("clients")?.member(name)
    }

    /// The secret of an API that shares one.
    pub(super) fn api(&self, name: &str) -> Option<&'a Node> {
        self.root?.member("apis")?.member(name)
    }

    /// The routes of an API that can be called.
    pub(super) fn routes(&self, name: &str) -> &'a [Node] {
        let all = self.root.and_then(|root| root.member("api_routes"));
        all.map(|all| list(all, name)).unwrap_or_default()
    }

    /// Both halves are joined by name: a name in one alone is a slip of the pen.
    pub(super) fn check_names(&self, root: &Node, check: &mut Check<'_>) {
        for (member, of, what) in [
            ("clients", "clients", "client"),
            ("apis", "resourceServers", "API"),
            ("api_routes", "resourceServers", "API"),
        ] {
            let known: Vec<String> = list(root, of).iter().filter_map(|node| text(node, "name")).collect();
            let keyed = self.root.and_then(|node| node.member(member)).map(Node::members).unwrap_or_default();
            for (key, _) in keyed.iter().filter(|(key, _)| !known.contains(&key.text)) {
                check.unknown(key.at, format!("no {what} is called `{}`", key.text), &key.text, &known);
            }
        }
    }
}
