//! Who makes an archive.

use crate::domain::base::moment::Moment;
use crate::signing::Signer;

/// Who makes an archive, and for which host.
pub struct Made<'a> {
    pub by: &'a str,
    pub host: &'a str,
    /// Signs the manifest.
    pub signer: &'a Signer,
    pub at: Moment,
}
