//! TLS on the tenants' own ports: one certificate authority for the process and one certificate for each server, made when
//! TLS is first asked for, so that nobody else pays for it. The authority's key never leaves this file, and ends with the
//! process. The provider is named: whatever a user's program installs for itself is its own affair.

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use http::uri::Authority;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    IsCa, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, SanType,
};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;

/// Names by which every server can be reached.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// How far a certificate reaches back and on. A client's clock may be set by hand, and some clients refuse what is valid
/// for more than 825 days.
const PAST: SignedDuration = SignedDuration::from_hours(24 * 365);
const FUTURE: SignedDuration = SignedDuration::from_hours(24 * 400);

/// A server's end of TLS.
pub(crate) struct Tls {
    names: Vec<SanType>,
    acceptor: OnceLock<TlsAcceptor>,
}

impl Tls {
    /// For a server that is reached by loopback names and by `hosts`: `auth.test`, `auth.test:8080`, `[fd00::1]:8080`.
    pub(crate) fn new(hosts: &[String]) -> Self {
        let hosts = hosts.iter().filter_map(|host| host.parse::<Authority>().ok());
        let hosts = hosts.map(|host| host.host().trim_matches(['[', ']']).to_owned());
        let mut names = Vec::new();
        // What is no ASCII can be in no certificate, nor in a Host header.
        for name in LOOPBACK.map(str::to_owned).into_iter().chain(hosts).filter_map(|name| name_of(&name)) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        Self { names, acceptor: OnceLock::new() }
    }

    /// What shakes hands; made at the first call.
    pub(super) fn acceptor(&self) -> &TlsAcceptor {
        self.acceptor.get_or_init(|| TlsAcceptor::from(Arc::new(config(&self.names))))
    }
}

/// The certificate of the process's authority, in PEM; made at the first call.
pub(crate) fn ca_pem() -> &'static str {
    static PEM: OnceLock<String> = OnceLock::new();
    PEM.get_or_init(|| authority().pem())
}

fn name_of(name: &str) -> Option<SanType> {
    match name.parse::<IpAddr>() {
        Ok(address) => Some(SanType::IpAddress(address)),
        Err(_) => name.try_into().ok().map(SanType::DnsName),
    }
}

fn authority() -> &'static CertifiedIssuer<'static, KeyPair> {
    static AUTHORITY: OnceLock<CertifiedIssuer<'static, KeyPair>> = OnceLock::new();
    AUTHORITY.get_or_init(|| {
        let key = key();
        // A name of its own: a client may trust the authorities of several processes, and finds them by name.
        let own: String =
            key.public_key_raw().iter().rev().take(4).map(|byte| format!("{byte:02x}")).collect();
        let mut params = params(&format!("ropg-server test CA {own}"));
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        CertifiedIssuer::self_signed(params, key).expect("a certificate of plain names can be signed")
    })
}

fn config(names: &[SanType]) -> ServerConfig {
    let key = key();
    let mut params = params("localhost");
    params.subject_alt_names = names.to_vec();
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    let certificate =
        params.signed_by(&key, authority()).expect("a certificate of plain names can be signed");
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider knows the protocol's versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .expect("the key is the certificate's");
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config
}

fn key() -> KeyPair {
    KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).expect("the operating system gives randomness")
}

fn params(name: &str) -> CertificateParams {
    let day = |at: Timestamp| {
        let date = at.to_zoned_datetime(TimeZone::UTC).date();
        let small = |number: i8| u8::try_from(number).unwrap_or(1);
        rcgen::date_time_ymd(i32::from(date.year()), small(date.month()), small(date.day()))
    };
    let now = machine();
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = day(now - PAST);
    params.not_after = day(now + FUTURE);
    params
}

#[expect(clippy::disallowed_methods, reason = "whoever checks a certificate looks at the machine's clock")]
fn machine() -> Timestamp {
    Timestamp::now()
}
