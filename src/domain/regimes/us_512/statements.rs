//! The statements a complainant makes, word for word. 17 USC 512(c)(3)(A)(v) and (vi).
//!
//! The wording is versioned: each record keeps the version that was agreed to.

/// Version of the wording below; raise it with every change.
pub const WORDING: i32 = 1;

/// (v): good faith belief, in the words of the statute.
pub const GOOD_FAITH: &str = "I have a good faith belief that the use of the material described above is not authorized by the copyright owner, its agent, or the law.";
/// Not in the statute; Lenz v. Universal, 815 F.3d 1145 (9th Cir. 2016).
pub const FAIR_USE: &str =
    "Before sending this notice I considered whether the use is allowed by law, for example as fair use.";
/// (vi), first half: not under penalty of perjury.
pub const ACCURATE: &str = "The information in this notice is accurate.";
/// (vi), second half: perjury attaches to authority alone.
pub const AUTHORITY: &str = "Under penalty of perjury, I am the owner, or I am authorized to act for the owner, of an exclusive right that is allegedly infringed.";

/// The same, told of the sender. Whoever wrote a letter or sent data affirmed them in words of their own, which must not
/// be put into quotation marks that were not theirs.
pub mod told {
    /// (v).
    pub const GOOD_FAITH: &str = "that the sender has a good faith belief that the use of the material is not authorized by the copyright owner, its agent, or the law";
    /// Consideration of fair use.
    pub const FAIR_USE: &str = "that the sender considered whether the use is allowed by law, for example as fair use";
    /// (vi), first half.
    pub const ACCURATE: &str = "that the information in the notice is accurate";
    /// (vi), second half.
    pub const AUTHORITY: &str = "under penalty of perjury, that the sender is the owner, or is authorized to act for the owner, of an exclusive right that is allegedly infringed";
}
