//! Whether a complete notice is forwarded at once. It is never refused: what is not forwarded at once waits for its
//! sender to confirm the email address, or comes before a person. The reasons are in `docs/legal-rules.md`.

use std::collections::BTreeSet;

use super::location::{Location, Place};
use super::proof::Proof;

/// What the host has set.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// An address that never was proved has to be confirmed.
    pub confirm_first: bool,
    /// Customers a day to whom a sender without a record is forwarded at once.
    pub customers_at_once: usize,
}

/// What is known of a notice and its sender before it is forwarded.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Circumstances {
    pub proof: Proof,
    /// Staff made the notice of a letter: they have looked.
    pub seen_by_staff: bool,
    /// The address was proved for an earlier notice, or staff trust it.
    pub known: bool,
    /// The proved notices of the address are many and good, or staff trust it.
    pub has_record: bool,
    /// A letter can ask the address to confirm.
    pub reachable: bool,
    /// Customers it reaches, see [`reach`].
    pub reach: usize,
    /// Notices of the same sender in the last day, of the claimed ones or of the proved ones.
    pub lately: usize,
}

/// How a notice goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Admission {
    /// It is forwarded by the next job.
    #[default]
    AtOnce,
    /// Its sender is asked to confirm the email address; a person looks where that does not happen in time.
    Confirm,
    /// A person looks first: it reaches many customers.
    ManyCustomers,
    /// A person looks first: it is not proved who sent it, and no letter can ask.
    Unproved,
}

impl Admission {
    /// The one rule for every entrance.
    #[must_use]
    pub fn of(c: &Circumstances, rules: Rules) -> Self {
        // The host knows whom it gave a key; what staff have in their hands they have looked at.
        if c.seen_by_staff || matches!(c.proof, Proof::Key(_) | Proof::Host) {
            return Self::AtOnce;
        }
        let has_record = c.proof.is_identity() && c.has_record;
        if !has_record && c.reach.saturating_add(c.lately) > rules.customers_at_once {
            return Self::ManyCustomers;
        }
        match (c.proof.is_identity() || c.known || !rules.confirm_first, c.reachable) {
            (true, _) => Self::AtOnce,
            (false, true) => Self::Confirm,
            (false, false) => Self::Unproved,
        }
    }

    /// Whether it waits for a person.
    #[must_use]
    pub fn needs_staff(self) -> bool {
        matches!(self, Self::ManyCustomers | Self::Unproved)
    }
}

/// How many customers a notice may reach: as many as it has, and no fewer than the sites it names. So what follows tells
/// its sender nothing of whether two sites belong to one customer.
#[must_use]
pub fn reach<'a>(customers: usize, locations: impl Iterator<Item = &'a Location>) -> usize {
    customers.max(locations.filter_map(place).collect::<BTreeSet<_>>().len())
}

/// Host name or address, with the user whose folder is named by a tilde.
fn place(location: &Location) -> Option<String> {
    let site = location.site()?;
    let Place::Web(web) = &location.place else { return Some(site) };
    let first = web.path.split('/').nth(1).filter(|s| s.starts_with('~')).unwrap_or_default();
    Some(format!("{site}/{first}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::base::ids::ApiKeyId;

    const RULES: Rules = Rules { confirm_first: true, customers_at_once: 5 };

    #[test]
    fn who_is_not_proved_waits_whatever_the_entrance() {
        let first = Circumstances { reachable: true, reach: 1, ..Circumstances::default() };
        let of = |c: Circumstances| Admission::of(&c, RULES);
        assert_eq!(of(first), Admission::Confirm);
        assert_eq!(of(Circumstances { reachable: false, ..first }), Admission::Unproved);
        assert_eq!(of(Circumstances { known: true, ..first }), Admission::AtOnce);
        assert_eq!(of(Circumstances { reach: 6, ..first }), Admission::ManyCustomers);
        assert_eq!(of(Circumstances { known: true, lately: 5, ..first }), Admission::ManyCustomers);
        assert_eq!(of(Circumstances { known: true, has_record: true, reach: 6, ..first }), Admission::ManyCustomers);
        assert_eq!(of(Circumstances { seen_by_staff: true, reach: 6, ..first }), Admission::AtOnce);
        let open = Rules { confirm_first: false, ..RULES };
        assert_eq!(Admission::of(&first, open), Admission::AtOnce);
    }

    #[test]
    fn who_is_proved_goes_on_within_a_bound_or_a_record() {
        let of = |c: Circumstances| Admission::of(&c, RULES);
        for proof in [Proof::Mail, Proof::Confirmed] {
            let one = Circumstances { proof, reach: 5, ..Circumstances::default() };
            assert_eq!(of(one), Admission::AtOnce);
            assert_eq!(of(Circumstances { reach: 6, ..one }), Admission::ManyCustomers);
            assert_eq!(of(Circumstances { reach: 600, has_record: true, ..one }), Admission::AtOnce);
        }
        for proof in [Proof::Key(ApiKeyId(1)), Proof::Host] {
            assert_eq!(of(Circumstances { proof, reach: 600, ..Circumstances::default() }), Admission::AtOnce);
        }
    }

    #[test]
    fn sites_of_one_customer_reach_as_far_as_those_of_several() {
        let read = |urls: &[&str]| urls.iter().map(|u| Location::read_url(u)).collect::<Vec<_>>();
        let sites =
            read(&["https://a.example/1", "https://a.example/2", "http://b.example/", "https://198.51.100.7/x"]);
        assert_eq!(reach(1, sites.iter()), 3);
        let users = read(&["https://a.example/~kim/1", "https://a.example/~kim/2", "https://a.example/~ann/"]);
        assert_eq!(reach(1, users.iter()), 2);
        assert_eq!(reach(4, users.iter()), 4);
    }
}
