//! The command line's words, and the help that explains them.

use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Parser, Subcommand};

const EXAMPLES: &str = "\
Examples:
  ropg-server                                  the built-in tenant acme, on a free port
  ropg-server --port 8080 --tenant my.yaml     your own tenant (Auth0's tenant.yaml, with a part `ropg`)
  ropg-server --tenant a.yaml@8080 --tenant b.yaml@8081
                                               two tenants in one process, each with a port of its own
  ropg-server --deviate password.any-accepted  a server with a known bug, to see whether your tests notice
  ropg-server check --tenant my.yaml           only look whether the file is right

When it is ready it prints one line of JSON on standard output; everything for people goes to standard error.
  url          the first tenant; https_url is the same over TLS, on the same port
  ca_file      the certificate of the authority that HTTPS clients have to trust (curl --cacert, NODE_EXTRA_CA_CERTS,
               SSL_CERT_FILE); made at this start, and removed at the end
  control_url  where a test moves the clock, reads the codes that were \"sent\", makes tenants …:
               curl CONTROL_URL/openapi.json lists all of it
  tenants      all tenants, by name

Exit codes:
  0   stopped by a signal, or `check` found nothing wrong
  3   cannot start: the port is in use, the address is not loopback, …
  7   a tenant is invalid (every problem is listed with its line), or two have one name
  64  the command line is wrong";

/// A reference in-memory authorization server for the Resource Owner Password flow. For tests, never for production.
#[derive(Debug, Parser)]
#[command(name = "ropg-server", version, after_help = EXAMPLES)]
pub(crate) struct Cli {
    /// What to do instead of serving.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// What serving takes.
    #[command(flatten)]
    pub(crate) serve: Serve,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check a tenant file and stop
    Check {
        /// The tenant file
        #[arg(long)]
        tenant: PathBuf,
    },
    /// List every named behaviour with its documented alternatives
    Behaviours,
    /// List the deviations that ship with the server
    Deviations,
}

/// What serving takes.
#[derive(Clone, Debug, Args)]
pub(crate) struct Serve {
    /// A tenant.yaml, and its port after an `@`; the built-in tenant `acme` without one (repeatable: one listener each)
    #[arg(long, value_name = "PATH[@PORT]")]
    pub(crate) tenant: Vec<Wanted>,
    /// The port of the tenant that names none; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,
    /// The address; both loopback addresses without one
    #[arg(long)]
    pub(crate) host: Option<IpAddr>,
    /// Needed for an address that is not loopback
    #[arg(long)]
    pub(crate) i_know_this_is_not_for_production: bool,
    /// Answer requests for another Host too; the certificate is for it as well (repeatable)
    #[arg(long, value_name = "NAME")]
    pub(crate) allow_host: Vec<String>,
    /// Misbehave on purpose, every tenant (repeatable); see `ropg-server deviations`
    #[arg(long, value_name = "NAME")]
    pub(crate) deviate: Vec<String>,
    /// The port of the control listener, which is always on loopback; 0 takes a free one
    #[arg(long, default_value_t = 0, value_name = "PORT")]
    pub(crate) control_port: u16,
    /// No control listener: nobody can change the tenants while they run
    #[arg(long, conflicts_with = "control_port")]
    pub(crate) no_control: bool,
}

/// A tenant that shall be served: `acme`, `my.yaml`, `my.yaml@8080`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// The file; `None` for the built-in tenant.
    pub(crate) path: Option<PathBuf>,
    /// The port, if it is named here.
    pub(crate) port: Option<u16>,
}

impl FromStr for Wanted {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbered = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let (path, port) = match text.rsplit_once('@').filter(|(_, digits)| numbered(digits)) {
            Some((path, digits)) => {
                let port = digits.parse().map_err(|_| format!("`{digits}` is no port: 0 to 65535"))?;
                (path, Some(port))
            }
            None => (text, None),
        };
        if path.is_empty() {
            return Err("the path is missing".to_owned());
        }
        Ok(Self { path: (path != "acme").then(|| PathBuf::from(path)), port })
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    fn wanted(path: Option<&str>, port: Option<u16>) -> Result<Wanted, String> {
        Ok(Wanted { path: path.map(PathBuf::from), port })
    }

    #[test]
    fn a_tenant_is_a_file_or_acme_and_perhaps_a_port() {
        assert_eq!("acme".parse(), wanted(None, None));
        assert_eq!("acme@8080".parse(), wanted(None, Some(8080)));
        assert_eq!("a@b/my.yaml".parse(), wanted(Some("a@b/my.yaml"), None));
        assert_eq!("a@b/my.yaml@0".parse(), wanted(Some("a@b/my.yaml"), Some(0)));
        assert_eq!("./acme".parse(), wanted(Some("./acme"), None));
        assert!("my.yaml@65536".parse::<Wanted>().is_err());
        assert!("@8080".parse::<Wanted>().is_err());
    }

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
