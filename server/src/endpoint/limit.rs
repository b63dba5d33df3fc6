//! The rate limits of endpoints (TOK-24…TOK-27) and the headers that tell how a bucket stands. Whether the limits refuse
//! is the tenant's choice (`rate_limits`); the headers are there either way.

use http::header::RETRY_AFTER;
use http::{HeaderName, HeaderValue, Response};

use crate::ledger::{Counted, Level};
use crate::tenant::behaviour::RateLimits;
use crate::tenant::rate::Rate;
use crate::turn::Turn;

const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// Counts a request; an error is what to refuse it with.
pub(super) fn count(turn: &Turn<'_>, counted: Counted, rate: Rate) -> Result<Level, Level> {
    let rate = rate.under(&turn.tenant.behaviour);
    if turn.tenant.behaviour.choices.rate_limits == RateLimits::Off {
        return Ok(one_taken(turn, rate));
    }
    match turn.ledgers.buckets.take(counted, rate, turn.now) {
        Ok(taken) if taken.had => Ok(taken.level),
        Ok(taken) => Err(taken.level),
        // Nobody else has a token either.
        Err(_) => Err(Level { remaining: 0, retry_after: 1, ..one_taken(turn, rate) }),
    }
}

/// A bucket from which this request alone has taken.
pub(super) fn one_taken(turn: &Turn<'_>, rate: Rate) -> Level {
    let reset = turn.seconds() + (rate.refill / 1_000_000).max(1);
    Level { limit: rate.limit, remaining: rate.limit - 1, reset, retry_after: 0 }
}

/// Shows how a bucket stands.
pub(super) fn show<T>(response: &mut Response<T>, level: Level) {
    for (name, value) in [
        (LIMIT, HeaderValue::from(level.limit)),
        (REMAINING, HeaderValue::from(level.remaining)),
        (RESET, HeaderValue::from(level.reset)),
    ] {
        response.headers_mut().insert(name, value);
    }
}

/// Says when to come again (TOK-26, TOK-35).
pub(super) fn retry_after<T>(response: &mut Response<T>, level: Level) {
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(level.retry_after.max(1)));
}
