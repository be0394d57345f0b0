//! Safeharbor: DMCA notice intake and takedown for hosting providers.

pub mod actions;
pub mod app;
pub mod build;
pub mod cli;
pub mod clock;
pub mod clock_watch;
pub mod config;
pub mod demo;
pub mod domain;
pub mod entropy;
pub mod evidence;
pub mod formats;
pub mod http;
pub mod inbound;
pub mod jobs;
pub mod mail;
pub mod metrics;
mod outgoing;
pub mod parsing;
pub mod password;
pub mod probe;
pub mod signing;
pub mod storage;
pub mod webhooks;
