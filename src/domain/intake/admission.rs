//! Whether a complete notice is forwarded at once. It is never refused: what is not forwarded at once waits for its
//! sender to confirm the email address, or comes before a person. The reasons are in `docs/legal-rules.md`.

use std::collections::BTreeSet;

use super::location::{Location, Place, WebHost, WebPlace};
use super::proof::Proof;
use crate::domain::base::moment::Moment;

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
    /// Customers that notices of the same sender may have reached in the last day, of the claimed ones or of the proved
    /// ones: the sum of the [`reach`] of each.
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

/// How many customers a notice may reach: as many as it has, and no fewer than the places it names that could each be
/// another's. So what follows tells its sender nothing of whether two addresses belong to one customer.
///
/// A host name is one place, and so is the folder of a user that begins with a tilde. On a host that accounts share by
/// folders (`is_shared`) every address is one, and every time at which somebody had a network address.
#[must_use]
pub fn reach<'a>(
    customers: usize,
    locations: impl Iterator<Item = &'a Location>,
    is_shared: impl Fn(&str) -> bool,
) -> usize {
    customers.max(locations.filter_map(|l| place(l, &is_shared)).collect::<BTreeSet<_>>().len())
}

/// Names of the hosts in some locations.
#[must_use]
pub fn hosts<'a>(locations: impl Iterator<Item = &'a Location>) -> BTreeSet<&'a str> {
    locations.filter_map(host).collect()
}

fn host(location: &Location) -> Option<&str> {
    match &location.place {
        Place::Web(WebPlace { host: WebHost::Name(name), .. }) => Some(name),
        _ => None,
    }
}

fn place(location: &Location, is_shared: &impl Fn(&str) -> bool) -> Option<String> {
    let site = location.site()?;
    if host(location).is_some_and(is_shared) {
        return Some(location.canonical());
    }
    match &location.place {
        Place::Web(web) => {
            let first = web.path.split('/').nth(1).filter(|s| s.starts_with('~')).unwrap_or_default();
            Some(format!("{site}/{first}"))
        }
        Place::Network(net) => Some(format!("{site} {}", net.observed_at.map_or(String::new(), Moment::iso))),
        Place::Unreadable(_) => None,
    }
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
        let alone = |_: &str| false;
        assert_eq!(reach(1, sites.iter(), alone), 3);
        let users = read(&["https://a.example/~kim/1", "https://a.example/~kim/2", "https://a.example/~ann/"]);
        assert_eq!(reach(1, users.iter(), alone), 2);
        assert_eq!(reach(4, users.iter(), alone), 4);
        let folders = read(&[
            "https://s.example/alice/1",
            "https://s.example/bob/u/2",
            "https://s.example/bob/v/2",
            "https://a.example/3",
        ]);
        let shared = |host: &str| host == "s.example";
        assert_eq!((reach(1, folders.iter(), alone), reach(1, folders.iter(), shared)), (2, 4));
        assert_eq!(reach(4, folders.iter(), shared), 4);
        let at = |text: &str| {
            Location::network("198.51.100.7".parse().unwrap(), Some(80), Moment::parse(text), String::new())
        };
        let times = [at("2026-03-01T00:00:00Z"), at("2026-03-02T00:00:00Z"), at("2026-03-02T00:00:00Z")];
        assert_eq!(reach(1, times.iter(), alone), 2);
    }
}
