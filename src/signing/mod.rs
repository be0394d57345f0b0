//! Signatures over what leaves the installation as evidence: the daily digest of the record and the manifest of an
//! archive. In the format of OpenSSH (`PROTOCOL.sshsig`), so that anybody can check them with `ssh-keygen -Y verify`.

mod key;
mod sshsig;
mod wire;

pub use key::{KeyError, PublicKey, Signer};
pub use sshsig::{Refused, verify};

/// Namespace of the daily digest of the record.
pub const CHECKPOINT: &str = "safeharbor-checkpoint";
/// Namespace of the manifest of an archive of evidence.
pub const EVIDENCE: &str = "safeharbor-evidence";
