//! Search is complete: whatever fits is on one of its pages, however many senders, notices and cases there are.

use std::collections::BTreeSet;

use diesel::RunQueryDsl;
use diesel::sql_types::BigInt;
use safeharbor::storage::search::{self, Place};
use safeharbor::storage::{Conn, StorageError};

use crate::on_both;
use crate::support::{CUSTOMERS, TestSite};

/// 120 more addresses at the domain with the same name; 400 notices of the first of them without a case, all newer than one
/// with a case; a notice with a case of each; 121 cases of one account.
const MANY: [&str; 4] = [
    "WITH RECURSIVE g(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < 120)
     INSERT INTO senders (key, kind, domain_id, name, name_key, address, channel, setting, grade, sent, names, first_at, last_at)
     SELECT 'a:many' || n || '@holtfinch.example', 'address', domain_id, 'Many Hands', 'many hands', 'many' || n || '@holtfinch.example',
       channel, setting, grade, 0, 0, first_at, last_at FROM senders, g WHERE address = 'rights@holtfinch.example'",
    "INSERT INTO notices (id, reference, submission_id, received_at, class, complainant_name, organization, email, phone, address, role,
       rights_owner, good_faith, accurate, authority, fair_use, wording, signature, sender_reference, findings, locations, hosted,
       unreadable, sender_id)
     SELECT 1000 + s.id, 'N-' || s.id, submission_id, received_at, class, complainant_name, organization, n.email, n.phone, n.address, role,
       rights_owner, good_faith, accurate, authority, fair_use, wording, signature, sender_reference, findings, locations, hosted,
       unreadable, s.id FROM notices n, senders s WHERE n.id = 1 AND s.name_key = 'many hands'",
    "WITH RECURSIVE g(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < 400)
     INSERT INTO notices (id, reference, submission_id, received_at, class, complainant_name, organization, email, phone, address, role,
       rights_owner, good_faith, accurate, authority, fair_use, wording, signature, sender_reference, findings, locations, hosted,
       unreadable, sender_id)
     SELECT 5000 + g.n, 'N-x' || g.n, submission_id, received_at + g.n, class, complainant_name, organization, email, phone, address, role,
       rights_owner, good_faith, accurate, authority, fair_use, wording, signature, sender_reference, findings, 1, 0,
       0, sender_id FROM notices, g WHERE notices.id = (SELECT min(id) FROM notices WHERE id > 1000)",
    "INSERT INTO cases (reference, notice_id, customer_id, state, site, segment, sender, locations, missing, received_at, extended, counts,
       version, sort_at)
     SELECT 'C-' || n.id, n.id, customer_id, 'received', CASE n.id % 2 WHEN 0 THEN site ELSE site || '.example' END, segment, sender, 1, 0,
       n.received_at, FALSE, TRUE, 0, n.received_at FROM cases c, notices n WHERE c.id = 1 AND n.id BETWEEN 1000 AND 4999",
];

#[derive(diesel::QueryableByName)]
struct Id {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

fn ids(c: &mut Conn, condition: &str) -> BTreeSet<i64> {
    let sql = format!(
        "SELECT c.id FROM cases c JOIN notices n ON n.id = c.notice_id JOIN senders s ON s.id = n.sender_id WHERE {condition}"
    );
    diesel::sql_query(sql).load::<Id>(c).unwrap().into_iter().map(|row| row.id).collect()
}

/// All that the pages of a search have, and how many there are.
fn walk(c: &mut Conn, text: &str) -> (Vec<i64>, usize) {
    let (mut all, mut pages, mut from) = (Vec::new(), 0, Some(Place::default()));
    while let Some(place) = from {
        let found = search::cases(c, text, place, 50).unwrap();
        assert!(found.items.len() <= 50, "{text}: {}", found.items.len());
        all.extend(found.items.iter().map(|id| id.0));
        pages += 1;
        assert!(pages < 40, "{text}: it does not end");
        from = found.next.map(|next| next.to_string().parse().unwrap());
    }
    (all, pages)
}

on_both! {
    fn every_case_is_on_one_of_the_pages(site: TestSite) {
        site.customers(CUSTOMERS);
        site.report("https://alder-photo.example/a.jpg");
        site.run_due();
        std::fs::write(site.folder.path().join("record-was-tampered-with"), b"").unwrap();
        for sql in MANY {
            site.wait(site.app.db.write(move |c| Ok::<_, StorageError>(diesel::sql_query(sql).execute(c)?))).unwrap();
        }
        let searches = [
            ("Many Hands", "s.name_key = 'many hands'", 3),
            ("many ha", "s.name_key = 'many hands'", 3),
            ("holtfinch.example", "TRUE", 3),
            ("many1@holtfinch.example", "s.address = 'many1@holtfinch.example'", 1),
            ("alder-photo.example", "c.site = 'alder-photo.example' OR c.site = 'alder-photo.example.example'", 3),
            ("alder-ph", "TRUE", 3),
            ("NW-1", "TRUE", 3),
            ("Alder Photo", "TRUE", 3),
            ("owner@ALDER-photo.example", "TRUE", 3),
            ("nobody", "FALSE", 1),
        ];
        for (text, condition, at_least) in searches {
            let (found, wanted) = site.wait(site.app.read(move |c| Ok((walk(c, text), ids(c, condition))))).unwrap();
            assert_eq!(found.0.iter().copied().collect::<BTreeSet<_>>(), wanted, "{text}");
            assert_eq!(found.0.len(), wanted.len(), "{text}: each once");
            assert!(found.1 >= at_least, "{text}: {} pages", found.1);
        }
    }

    fn accounts_are_found_page_by_page(site: TestSite) {
        let lines = (0..45).map(|n| format!("NW-{n:02},Alder {n:02},shared,shared@mailbox.example,a{n}.example\n"));
        site.customers(&format!("account,name,segment,contact_email,asset\n{}", lines.collect::<String>()));
        for text in ["ald", "shared@mailbox.example"] {
            let (mut all, mut from) = (Vec::new(), Some(Place::default()));
            while let Some(place) = from {
                let found = site.wait(site.app.read(move |c| search::customers(c, text, place, 20))).unwrap();
                assert!(found.items.len() <= 20);
                all.extend(found.items);
                from = found.next;
            }
            assert_eq!(all.len(), 45, "{text}");
            all.sort_unstable();
            all.dedup();
            assert_eq!(all.len(), 45, "{text}");
        }
        let staff = site.staff("viewer");
        let (mut path, mut accounts) = ("/staff/?q=ald".to_owned(), 0);
        loop {
            let page = staff.get(&path);
            accounts += page.text().matches(" active strikes, ").count();
            let Some(next) = page.body.split("href=\"").find(|h| h.contains("Next page")) else { break };
            path = next.split('"').next().unwrap().replace("&amp;", "&");
        }
        assert_eq!(accounts, 45);
    }

    fn letters_to_an_address_are_all_found(site: TestSite) {
        site.customers(CUSTOMERS);
        let about: String = (0..3).map(|n| format!("https://alder-photo.example/{n}.jpg\n")).collect();
        (0..4).for_each(|_| { site.report(&about); });
        site.run_due();
        let newest = |before| site.wait(site.app.read(move |c| safeharbor::storage::outbox::letters_to::newest(c, "owner@alder-photo.example", before, 2))).unwrap();
        let (mut all, mut before) = (0, None);
        loop {
            let some = newest(before);
            all += some.len();
            match some.last() {
                Some(last) if some.len() == 2 => before = Some(last.id),
                _ => break,
            }
        }
        assert_eq!(all, site.letters_to("owner@alder-photo.example").len());
    }
}
