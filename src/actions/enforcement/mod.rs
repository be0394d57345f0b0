//! Strikes, flags, the policy, and decisions about accounts. 17 USC 512(i).

pub(in crate::actions) mod approve_decision;
pub(in crate::actions) mod count_strike;
pub(in crate::actions) mod expire_strike;
pub(in crate::actions) mod flag_customer;
pub(in crate::actions) mod propose_decision;
pub(in crate::actions) mod publish_policy;
pub(in crate::actions) mod void_strike;
