//! ropg-server: a reference in-memory authorization server for the Resource Owner Password flow. For tests, never for
//! production.
//!
//! ```text
//! shell       sockets, threads, async: the only ones
//! control     the control listener: what tests do to tenants while they run
//! server      Server: start, url, stop on drop
//! authority   one tenant and its ledgers: request in, reply out, synchronous
//! deviation   deliberate misbehaviour on an exchange, for proving a suite or a client
//! endpoint    one file for each documented endpoint
//! token       THE FLOW: the steps of a token request, in order
//! ledger      what changes while running
//! factor      second factors: codes, their secrets and their masks
//! tenant      what an administrator configures
//! phone       the phone that push notifications go to
//! clock, entropy, origin, turn, trace: time, dice and the way a request came are handed in; what was decided comes out
//! ```
//!
//! ```no_run
//! use ropg_server::{Server, Tenant};
//!
//! let server = Server::start(Tenant::acme()).expect("a loopback port is free");
//! println!("{}/oauth/token", server.url());
//! ```

mod shell;
pub use shell::signal;
mod control;
mod server;
mod authority;
mod deviation;
mod endpoint;
mod token;
mod ledger;
mod factor;
pub mod tenant;
mod clock;
mod entropy;
mod phone;
mod origin;
mod turn;
mod trace;

pub use authority::{Authority, Reply, Story};
pub use clock::Clock;
pub use control::{Control, ControlBuilder};
pub use entropy::Entropy;
pub use ledger::{Decision, JournalEntry, Message};
pub use origin::Origin;
pub use phone::{PushAnswer, PushFault};
pub use server::{Server, ServerBuilder, StartError};
pub use tenant::{Tenant, UnknownDeviation};
