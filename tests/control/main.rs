//! The control listener over HTTP.

mod asking;
mod clock;
mod outbox;
mod refusals;
mod tenants;
