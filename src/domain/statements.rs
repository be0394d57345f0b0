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
