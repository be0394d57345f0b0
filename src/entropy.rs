//! Randomness comes in from outside: the operating system's, or a seeded generator in stories and the demo.

use std::sync::{Arc, Mutex, PoisonError};

use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;

use crate::domain::access::token::PlainToken;
use crate::domain::base::ids::{Kind, Reference};
use crate::domain::base::moment::Moment;

/// A source of random bytes, cheap to clone.
#[derive(Clone, Debug)]
pub struct Entropy(Arc<Mutex<ChaCha20Rng>>);

impl Entropy {
    /// Seeded by the operating system.
    pub fn from_os() -> Self {
        Self(Arc::new(Mutex::new(ChaCha20Rng::from_os_rng())))
    }

    /// The same bytes for the same seed.
    pub fn seeded(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(ChaCha20Rng::seed_from_u64(seed))))
    }

    /// 32 random bytes.
    pub fn bytes(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        // A poisoned generator is still a generator.
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes);
        bytes
    }

    /// 64 random bits.
    pub fn bits(&self) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).next_u64()
    }

    /// A fresh token of a private link.
    pub fn link(&self, now: Moment) -> PlainToken {
        PlainToken::of_link(self.bytes(), now)
    }

    /// A fresh token of a session or a program.
    pub fn token(&self) -> PlainToken {
        PlainToken::from_random(self.bytes())
    }

    /// A fresh reference.
    pub fn reference(&self, kind: Kind, now: Moment) -> Reference {
        Reference::of(kind, now, self.bits())
    }
}
