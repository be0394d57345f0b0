//! Randomness comes in from outside: the operating system's, or a seeded generator in stories and the demo.

use std::sync::{Arc, Mutex, PoisonError};

use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;

use crate::domain::access::token::PlainToken;
use crate::domain::base::ids::{Kind, Reference};
use crate::domain::base::moment::Moment;

/// A source of random bytes, cheap to clone.
#[derive(Clone, Debug)]
pub struct Entropy {
    main: Arc<Mutex<ChaCha20Rng>>,
    /// A stream of its own, so that what is recorded changes no token or reference of a seeded run.
    salts: Arc<Mutex<ChaCha20Rng>>,
}

impl Entropy {
    /// Seeded by the operating system.
    pub fn from_os() -> Self {
        Self::of(ChaCha20Rng::from_os_rng())
    }

    /// The same bytes for the same seed.
    pub fn seeded(seed: u64) -> Self {
        Self::of(ChaCha20Rng::seed_from_u64(seed))
    }

    fn of(main: ChaCha20Rng) -> Self {
        let mut salts = main.clone();
        salts.set_stream(1);
        Self { main: Arc::new(Mutex::new(main)), salts: Arc::new(Mutex::new(salts)) }
    }

    /// 32 random bytes.
    pub fn bytes(&self) -> [u8; 32] {
        take(&self.main)
    }

    /// 32 random bytes that hide a value of the record.
    pub fn salt(&self) -> [u8; 32] {
        take(&self.salts)
    }

    /// 64 random bits.
    pub fn bits(&self) -> u64 {
        self.main.lock().unwrap_or_else(PoisonError::into_inner).next_u64()
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

fn take(from: &Mutex<ChaCha20Rng>) -> [u8; 32] {
    let mut bytes = [0; 32];
    // A poisoned generator is still a generator.
    from.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes);
    bytes
}
