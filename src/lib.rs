//! Safeharbor: DMCA notice intake and takedown for hosting providers.

pub mod actions;
pub mod app;
pub mod clock;
pub mod config;
pub mod domain;
pub mod entropy;
pub mod jobs;
pub mod mail;
pub mod storage;
