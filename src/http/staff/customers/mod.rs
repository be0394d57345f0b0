//! One customer.

pub mod customer;
