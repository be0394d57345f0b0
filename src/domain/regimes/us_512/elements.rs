//! The six elements of 17 USC 512(c)(3)(A) and the three classes of a notice.

use std::str::FromStr;

/// One element of a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Element {
    /// (i) a physical or electronic signature.
    Signature,
    /// (ii) identification of the work.
    Work,
    /// (iii) identification of the material and where it is.
    Material,
    /// (iv) how to contact the complaining party.
    Contact,
    /// (v) the statement of good faith belief.
    GoodFaith,
    /// (vi) accuracy, and authority under penalty of perjury.
    Authority,
}

impl Element {
    /// All six in the order of the statute.
    pub const ALL: [Self; 6] =
        [Self::Signature, Self::Work, Self::Material, Self::Contact, Self::GoodFaith, Self::Authority];

    /// Roman numeral in parentheses.
    pub fn numeral(self) -> &'static str {
        match self {
            Self::Signature => "(i)",
            Self::Work => "(ii)",
            Self::Material => "(iii)",
            Self::Contact => "(iv)",
            Self::GoodFaith => "(v)",
            Self::Authority => "(vi)",
        }
    }
    /// The paragraph in full.
    pub fn cite(self) -> String {
        format!("17 U.S.C. § 512(c)(3)(A){}", self.numeral())
    }
    /// A short title for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Signature => "Signature",
            Self::Work => "Works identified",
            Self::Material => "Material located",
            Self::Contact => "Contact details",
            Self::GoodFaith => "Good faith statement",
            Self::Authority => "Accuracy and authority",
        }
    }
}

/// What the validator made of a notice. 512(c)(3)(A) and (B).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// All six elements.
    Complete,
    /// (ii), (iii) and (iv) are there, another is missing: the sender must be helped, (c)(3)(B)(ii).
    Curable,
    /// No work, no material or no contact: no duty follows, (c)(3)(B)(i); kept, with a courtesy reply.
    Defective,
}

impl Class {
    /// All classes.
    pub const ALL: [Self; 3] = [Self::Complete, Self::Curable, Self::Defective];

    /// From the elements that are missing: the decision table of (c)(3).
    pub fn from_missing(missing: &[Element]) -> Self {
        let core = [Element::Work, Element::Material, Element::Contact];
        if missing.is_empty() {
            Self::Complete
        } else if missing.iter().any(|e| core.contains(e)) {
            Self::Defective
        } else {
            Self::Curable
        }
    }
    /// As stored.
    pub fn code(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Curable => "curable",
            Self::Defective => "defective",
        }
    }
}

impl FromStr for Class {
    type Err = ();
    fn from_str(code: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|c| c.code() == code).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_decision_table_of_c3_holds_for_every_set_of_missing_elements() {
        for bits in 0..64_usize {
            let missing: Vec<Element> = (0..6).filter(|i| bits & (1 << i) != 0).map(|i| Element::ALL[i]).collect();
            let core_missing = bits & 0b00_1110 != 0;
            let expected = match (core_missing, bits) {
                (_, 0) => Class::Complete,
                (true, _) => Class::Defective,
                (false, _) => Class::Curable,
            };
            assert_eq!(Class::from_missing(&missing), expected, "{missing:?}");
        }
    }
}
