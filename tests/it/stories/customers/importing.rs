//! What the host's systems say of customers, contacts and assets is taken over a batch at a time.

use safeharbor::actions::{AssetLine, ImportAsset, import_assets};
use safeharbor::domain::base::ids::CustomerId;
use safeharbor::domain::base::moment::Moment;
use safeharbor::domain::customers::asset::Asset;
use safeharbor::domain::record::event::Actor;
use safeharbor::storage::customers::{self, assets, contacts};

use crate::on_both;
use crate::support::TestSite;

/// Lines of one batch that speak of the same account, contact and asset again.
const AGAIN: &str =
    "account,name,segment,contact_role,contact_name,contact_email,contact_phone,asset,valid_from,valid_until
    A-1,One,shared,Owner,Ann,ann@one.example,1,one.example,,
    A-2,Two,vps,,,,,two.example,,
    A-1,One Ltd,vps,Owner,Ann Other,ann@one.example,2,one.example,,2027-01-01
    A-1,One Ltd,vps,Owner,Ann Other,ann@one.example,2,one.example,,2027-01-01
    A-2,Two,vps,,,,,one.example,2027-01-01,
    A-1,One Ltd,vps,Technical,Tim,tim@one.example,3,,,
";

fn contact_of(site: &TestSite, id: CustomerId) -> Vec<(String, String, String, String)> {
    let list = site.wait(site.app.read(move |c| contacts::of_customer(c, id))).unwrap();
    list.into_iter().map(|c| (c.role, c.name, c.email, c.phone)).collect()
}

fn assets_of(site: &TestSite, id: CustomerId) -> Vec<(String, i64, i64)> {
    let list = site.wait(site.app.read(move |c| assets::of_customer(c, id, 0, 100))).unwrap();
    let mut all: Vec<_> = list.into_iter().map(|a| (Asset::shown(&a.key), a.valid_from, a.valid_until)).collect();
    all.sort();
    all
}

fn owned(list: &[(&str, &str, &str, &str)]) -> Vec<(String, String, String, String)> {
    list.iter().map(|(a, b, c, d)| ((*a).to_owned(), (*b).to_owned(), (*c).to_owned(), (*d).to_owned())).collect()
}

on_both! {
    /// The last line counts, whether what it says was there before the batch or came with it.
    fn a_later_line_of_a_batch_counts(site: TestSite) {
        let year = Moment::parse("2027-01-01T00:00:00Z").unwrap().0;
        for round in ["anew", "again"] {
            site.customers(AGAIN);
            let all = site.wait(site.app.read(|c| customers::list(c, None, 10))).unwrap();
            let said: Vec<_> = all.iter().map(|c| (c.external_id.as_str(), c.name.as_str(), c.segment.as_str())).collect();
            assert_eq!(said, [("A-1", "One Ltd", "vps"), ("A-2", "Two", "vps")], "{round}");
            let people = owned(&[("Owner", "Ann Other", "ann@one.example", "2"), ("Technical", "Tim", "tim@one.example", "3")]);
            assert_eq!(contact_of(&site, all[0].id), people, "{round}");
            assert_eq!(assets_of(&site, all[0].id), [("one.example".to_owned(), 0, year)], "{round}");
            let theirs = [("one.example".to_owned(), year, assets::FOR_EVER), ("two.example".to_owned(), 0, assets::FOR_EVER)];
            assert_eq!(assets_of(&site, all[1].id), theirs, "{round}");
        }
    }

    /// Two systems that say the same at the same moment are both right.
    fn the_same_is_said_twice_at_once(site: TestSite) {
        site.customers("account,name,segment\nA-1,One,shared\n");
        let line = |n| {
            let asset = Asset::parse(&format!("site-{n}.example")).unwrap();
            AssetLine { external_id: "A-1".to_owned(), asset: ImportAsset { asset, from: None, until: None } }
        };
        let import = || {
            let lines: Vec<AssetLine> = (0..500).map(line).collect();
            site.app.write(move |tx| import_assets(tx, &lines, assets::OnConflict::TakeOver, &Actor::Operator))
        };
        for _ in 0..3 {
            let (one, two) = site.wait(async { tokio::join!(import(), import()) });
            assert!(one.unwrap().iter().chain(&two.unwrap()).all(|line| line.known));
        }
        let all = site.wait(site.app.read(|c| assets::of_customer(c, CustomerId(1), 0, 1000))).unwrap();
        assert_eq!(all.len(), 500);
    }

    /// What a batch changed is one event for each account, after the account itself; saying it again is none.
    fn a_batch_is_on_the_record_of_each_account(site: TestSite) {
        site.customers(AGAIN);
        let kinds = site.kinds("customer.");
        let of = |kind: &str| kinds.iter().filter(|k| *k == kind).count();
        assert_eq!((of("customer.added"), of("customer.changed"), of("customer.imported")), (2, 1, 2), "{kinds:?}");
        let lines: Vec<&str> = AGAIN.lines().collect();
        site.customers(&[lines[0], lines[4], lines[5], lines[6]].join("\n"));
        assert_eq!(site.kinds("customer.").len(), kinds.len(), "said again");
        site.customers(&[lines[0], "A-1,One Ltd,vps,Technical,Tom,tim@one.example,3,more.example,,"].join("\n"));
        assert_eq!(site.kinds("customer.").len(), kinds.len() + 1);
        assert_eq!(contact_of(&site, CustomerId(1))[1].1, "Tom");
    }
}
