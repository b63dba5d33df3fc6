//! By which way a request came: issuers and own addresses follow from it (ATK-04, DSC-13).

use std::net::IpAddr;

/// By which way a request came.
#[derive(Clone, Debug)]
pub struct Origin {
    /// `http` or `https`.
    pub scheme: &'static str,
    /// The value of the `Host` header, or what stands for it.
    pub host: String,
    /// The listener's port.
    pub port: u16,
    /// Who sent it.
    pub peer: IpAddr,
}

impl Origin {
    /// The issuer for requests that come this way, with the slash at its end.
    pub(crate) fn issuer(&self) -> String {
        format!("{}://{}/", self.scheme, self.host)
    }
}
