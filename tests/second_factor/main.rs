//! Second factors under attack: by somebody who knows the victim's password and nothing else, by many at once, by garbage.
//! No port: the authority is asked directly.

mod world;
mod garbage;
mod moves;
mod races;
mod remains;
mod takeover;
