//! Dice, handed in: from the machine, or from a seed so that a test sees the same tokens at every run.
//!
//! A seeded source forks a stream for each request, so that concurrent requests do not shuffle each other's values.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

/// Where randomness comes from.
#[derive(Clone, Debug)]
pub struct Entropy(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Seeded { seed: u64, forks: Arc<AtomicU64> },
}

impl Entropy {
    /// The machine's generator.
    #[must_use]
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// ChaCha with 12 rounds from a seed: the same values at every start and after every upgrade.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(Source::Seeded { seed, forks: Arc::default() })
    }

    /// The dice of one request.
    pub(crate) fn fork(&self) -> Dice {
        match &self.0 {
            Source::System => Dice(Stream::System),
            Source::Seeded { seed, forks } => {
                let mut stream = ChaCha12Rng::seed_from_u64(*seed);
                stream.set_stream(forks.fetch_add(1, Ordering::Relaxed));
                Dice(Stream::Seeded(Box::new(stream)))
            }
        }
    }
}

/// One request's randomness.
pub(crate) struct Dice(Stream);

enum Stream {
    System,
    Seeded(Box<ChaCha12Rng>),
}

impl Dice {
    /// Fills `bytes`.
    pub(crate) fn fill(&mut self, bytes: &mut [u8]) {
        match &mut self.0 {
            // The generator of aws-lc fails only if the operating system has none; there is nothing to go on with then.
            Stream::System => aws_lc_rs::rand::fill(bytes).expect("the operating system gives randomness"),
            Stream::Seeded(stream) => stream.fill_bytes(bytes),
        }
    }

    /// `len` characters of `[A-Za-z0-9_-]`, six bits each.
    pub(crate) fn token(&mut self, len: usize) -> String {
        const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let mut bytes = vec![0; len];
        self.fill(&mut bytes);
        bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 63)])).collect()
    }

    /// `len` characters of `alphabet`, each as likely as the others.
    pub(crate) fn pick(&mut self, alphabet: &[u8], len: usize) -> String {
        let fair = 256 - 256 % alphabet.len();
        let mut picked = String::with_capacity(len);
        while picked.len() < len {
            let mut bytes = [0; 32];
            self.fill(&mut bytes);
            let even = bytes.iter().map(|&byte| usize::from(byte)).filter(|&byte| byte < fair);
            picked.extend(
                even.take(len - picked.len()).map(|byte| char::from(alphabet[byte % alphabet.len()])),
            );
        }
        picked
    }

    /// `len` hexadecimal digits.
    pub(crate) fn hex(&mut self, len: usize) -> String {
        let mut bytes = vec![0; len.div_ceil(2)];
        self.fill(&mut bytes);
        let mut digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        digits.truncate(len);
        digits
    }
}
