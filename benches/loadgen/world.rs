//! The invented world: customers with assets, and notices about them with the measured shape.

use std::fmt::Write as _;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Assets of one customer.
pub const PER_CUSTOMER: u64 = 10;
/// Senders; a few of them send most.
const SENDERS: u64 = 500;

/// URLs in a notice by share of notices: 21,312 public notices, p50 2, p90 14, p99 188, p99.9 985, most 3,710.
const URLS: [(f64, f64); 6] = [(0.0, 1.0), (0.5, 2.0), (0.9, 14.0), (0.99, 188.0), (0.999, 985.0), (1.0, 3710.0)];
/// Bytes of a notice by share of notices: p50 3.6 KB, p99 21 KB.
const BYTES: [(f64, f64); 4] = [(0.0, 900.0), (0.5, 3600.0), (0.99, 21_000.0), (1.0, 60_000.0)];

/// A value drawn from quantiles, even in the logarithm between two of them.
fn drawn(table: &[(f64, f64)], at: f64) -> f64 {
    let next = table.iter().position(|(share, _)| *share >= at).unwrap_or(table.len() - 1).max(1);
    let ((from, low), (to, high)) = (table[next - 1], table[next]);
    (low.ln() + (high.ln() - low.ln()) * (at - from) / (to - from)).exp()
}

/// What ties an address to a customer, by its number: eight in ten are host names, the others a path and an address.
pub fn asset(n: u64) -> String {
    match n % 10 {
        8 => format!("shared{}.example/~u{n}/", n / 1000),
        9 => address(n),
        _ => format!("w{n}.example"),
    }
}

fn address(n: u64) -> String {
    format!("2001:db8:{:x}:{:x}::1", n >> 16, n & 0xffff)
}

/// An address of material under an asset.
fn url(n: u64, k: u64) -> String {
    match n % 10 {
        8 => format!("https://shared{}.example/~u{n}/img/{k:x}.jpg", n / 1000),
        9 => format!("http://[{}]/img/{k:x}.jpg", address(n)),
        _ => format!("https://w{n}.example/img/{k:x}.jpg"),
    }
}

/// The account to which an asset belongs.
pub fn account(n: u64) -> String {
    format!("LG-{}", n / PER_CUSTOMER)
}

/// One line of the import of customers: an account with its contact and its first asset.
pub fn customer_line(customer: u64) -> String {
    let asset = asset(customer * PER_CUSTOMER);
    format!("LG-{customer},Customer {customer},shared,c{customer}@mailbox.example,{asset}\n")
}

/// How notices are drawn.
#[derive(Clone, Copy)]
pub struct Shape {
    pub assets: u64,
    pub most_urls: u64,
    pub duplicates: f64,
    pub hosted: f64,
    pub repeat: f64,
}

/// One notice before it is written in some form.
#[derive(Clone)]
pub struct Draft {
    pub sender: u64,
    pub work: String,
    pub description: String,
    pub urls: Vec<String>,
    /// An address for a report that knows no URL.
    pub address: String,
}

/// Draws notices; the same seed draws the same.
pub struct Notices {
    rng: ChaCha8Rng,
    shape: Shape,
    recent: Vec<Draft>,
}

impl Notices {
    pub fn new(seed: u64, shape: Shape) -> Self {
        Self { rng: ChaCha8Rng::seed_from_u64(seed), shape, recent: Vec::new() }
    }

    /// The next notice; some are one of the last thousand again.
    pub fn next(&mut self) -> Draft {
        if !self.recent.is_empty() && self.rng.random_bool(self.shape.duplicates) {
            let again = self.rng.random_range(0..self.recent.len());
            return self.recent[again].clone();
        }
        let draft = self.fresh();
        if self.recent.len() < 1000 {
            self.recent.push(draft.clone());
        } else {
            let place = self.rng.random_range(0..1000);
            self.recent[place] = draft.clone();
        }
        draft
    }

    fn fresh(&mut self) -> Draft {
        let at = self.rng.random();
        let count = (drawn(&URLS, at).round() as u64).clamp(1, self.shape.most_urls);
        let at = self.rng.random();
        let bytes = drawn(&BYTES, at) as usize;
        let (customer, key) = (self.customer(), self.rng.random::<u32>());
        let urls: Vec<String> = (0..count).map(|k| self.location(customer, u64::from(key) << 16 | k)).collect();
        let mut description = String::from("Photograph, first published 2019.");
        let left = bytes.saturating_sub(700 + urls.iter().map(|u| u.len() + 12).sum::<usize>()).min(20_000);
        while description.len() < left {
            let _ = write!(description, " Registered as item {:x} of the series.", self.rng.random::<u32>());
        }
        let share: f64 = self.rng.random();
        Draft {
            sender: (share.powi(3) * SENDERS as f64) as u64,
            work: format!("Heron {key:x}"),
            description,
            urls,
            address: address(self.rng.random_range(0..self.shape.assets / 10) * 10 + 9),
        }
    }

    /// One in ten is about an account of the hundredth that is named again and again, a few of them most.
    fn customer(&mut self) -> u64 {
        let all = self.shape.assets / PER_CUSTOMER;
        if self.rng.random_bool(self.shape.repeat) {
            let share: f64 = self.rng.random();
            return (share.powi(4) * (all as f64 / 100.0)) as u64;
        }
        self.rng.random_range(0..all)
    }

    fn location(&mut self, customer: u64, k: u64) -> String {
        if !self.rng.random_bool(self.shape.hosted) {
            return format!("https://elsewhere{k}.example/x.jpg");
        }
        // Nearly all of a notice is about one account.
        let customer = if self.rng.random_bool(0.95) { customer } else { self.customer() };
        url(customer * PER_CUSTOMER + k % PER_CUSTOMER, k)
    }
}
