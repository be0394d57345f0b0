//! The two ways to the database.

use std::sync::Arc;

use diesel::connection::SimpleConnection;
use diesel::sql_types::Integer;
use diesel::{RunQueryDsl, sql_query};
use safeharbor::domain::access::private_link::NamedTokens;
use safeharbor::domain::base::language::Language;
use safeharbor::domain::base::moment::{Moment, Span};
use safeharbor::domain::record::event::{Actor, Event, Nothing, Subject};
use safeharbor::storage::intake::submissions::{self, Submission};
use safeharbor::storage::outbox::letter_data::LetterData;
use safeharbor::storage::outbox::letters::{self, NewLetter};
use safeharbor::storage::record::events;
use safeharbor::storage::{Conn, StorageError};
use sha2::{Digest, Sha256};

use crate::on_both;
use crate::support::{CUSTOMERS, TestSite};

fn data(json: String) -> LetterData {
    LetterData { language: Language::English, version: 1, json }
}

fn letter(n: usize) -> NewLetter {
    NewLetter {
        message_id: format!("<{n}@x.example>"),
        kind: "reminder",
        case: None,
        notice: None,
        customer: None,
        answers: None,
        to_name: String::new(),
        to_address: format!("a{n}@x.example"),
        subject: "s".into(),
        data: data("{}".to_owned()),
        tokens: NamedTokens::default(),
        carries_deadline: false,
    }
}

#[derive(diesel::QueryableByName)]
struct Room {
    #[diesel(sql_type = Integer)]
    n: i32,
}

on_both! {
    /// A closure that fails does not take its neighbours along, and leaves nothing behind.
    fn one_failing_write_leaves_the_others(site: TestSite) {
        let db = site.app.db.clone();
        let results = site.wait(async {
            let tasks: Vec<_> = (0..200)
                .map(|n| {
                    let db = db.clone();
                    tokio::spawn(async move {
                        db.write(move |c: &mut Conn| {
                            letters::queue(c, &letter(n), Moment(1))?;
                            match n % 5 {
                                0 => Err(StorageError::Stopped),
                                1 => Err(c.batch_execute("SELECT * FROM nowhere").unwrap_err().into()),
                                _ => Ok(()),
                            }
                        })
                        .await
                    })
                })
                .collect();
            let mut good = 0;
            for task in tasks {
                good += usize::from(task.await.unwrap().is_ok());
            }
            good
        });
        assert_eq!(results, 120);
        let kept = site.wait(site.app.read(|c| letters::count_in(c, &["queued"], 1000))).unwrap();
        assert_eq!(kept, 120);
    }

    /// Of pieces of work that may share a savepoint, one that fails takes no other along; each is done once.
    fn what_may_be_run_again_fails_alone(site: TestSite) {
        let done = site.wait(async {
            let each = (0..50).map(|n| {
                site.app.write_repeatable(move |tx| {
                    letters::queue(tx.conn, &letter(n), tx.now)?;
                    match n {
                        7 => Err(StorageError::Stopped.into()),
                        8 => panic!("as a test"),
                        20 => Err(StorageError::from(tx.conn.batch_execute("SELECT * FROM nowhere").unwrap_err()).into()),
                        _ => Ok(n),
                    }
                })
            });
            futures_util::future::join_all(each).await
        });
        let good: Vec<usize> = done.into_iter().flatten().collect();
        assert_eq!(good, (0..50).filter(|n| ![7, 8, 20].contains(n)).collect::<Vec<_>>());
        let kept = site.wait(site.app.read(|c| letters::count_in(c, &["queued"], 1000))).unwrap();
        assert_eq!(kept, 47);
    }

    /// What a large closure changed is undone as a whole, however long its undo log is.
    fn a_large_write_that_fails_leaves_everything_as_it_was(site: TestSite) {
        let db = &site.app.db;
        let long = data((0..1000).map(|n| format!("{n} {}\n", n * n)).collect());
        site
            .wait(db.write(move |c: &mut Conn| {
                (0..300).try_for_each(|n| {
                    letters::queue(c, &NewLetter { data: long.clone(), ..letter(n) }, Moment(1)).map(drop)
                })
            }))
            .unwrap();
        let fails = db.write(|c: &mut Conn| {
            c.batch_execute("UPDATE letter_data SET data = 'another'")?;
            c.batch_execute("UPDATE letters SET subject = 'another'")?;
            Err::<(), _>(StorageError::Stopped)
        });
        let beside = db.write(|c: &mut Conn| letters::queue(c, &letter(300), Moment(1)).map(drop));
        let (failed, done) = site.wait(async { futures_util::future::join(fails, beside).await });
        assert!(failed.is_err() && done.is_ok());
        let changed = "SELECT CAST((SELECT count(*) FROM letters WHERE subject = 'another')
            + (SELECT count(*) FROM letter_data WHERE data = 'another') AS INTEGER) AS n";
        let count = site.wait(db.read(move |c| Ok::<_, StorageError>(sql_query(changed).get_result::<Room>(c)?)));
        assert_eq!(count.unwrap().n, 0);
        assert_eq!(site.wait(site.app.read(|c| letters::count_in(c, &["queued"], 1000))).unwrap(), 301);
    }

    /// What arrived comes back byte for byte; what repeats takes less room.
    fn what_arrived_is_kept_packed(site: TestSite) {
        let bodies = ["https://alder-photo.example/a.jpg\r\n".repeat(200).into_bytes(), vec![0, 255, 10, 13], (0..=255).collect()];
        for body in bodies {
            let submission = Submission::new("mail", "message/rfc822", body.clone());
            let kept = site.wait(site.app.db.write(move |c: &mut Conn| {
                let id = submissions::insert(c, &submission, None, Moment(1))?;
                submissions::get(c, id)
            }));
            let kept = kept.unwrap();
            assert!(kept.body == body && kept.digest == Sha256::digest(&body).as_slice());
            let room = site.wait(site.app.read(move |c| Ok(sql_query(format!("SELECT length(body) AS n FROM submissions WHERE id = {}", kept.id)).get_result::<Room>(c)?))).unwrap();
            assert_eq!(usize::try_from(room.n).unwrap() < body.len() / 10, body.len() > 256, "{} of {}", room.n, body.len());
        }
    }

    /// A panic in one closure is an error for its caller and nobody else.
    fn a_panic_does_not_stop_the_writer(site: TestSite) {
        let db = site.app.db.clone();
        let broken = site.wait(db.write(|_: &mut Conn| -> Result<(), StorageError> { panic!("on purpose") }));
        assert!(broken.is_err());
        site.wait(db.write(|c: &mut Conn| letters::queue(c, &letter(1), Moment(1)))).unwrap();
    }

    /// Writers of one chain append one after the other, without gaps.
    fn a_chain_has_no_gaps_under_load(site: TestSite) {
        let app = Arc::new(site.app.clone());
        site.wait(async {
            let tasks: Vec<_> = (0..60)
                .map(|_| {
                    let app = Arc::clone(&app);
                    tokio::spawn(async move {
                        app.write(|tx| tx.event(Subject::Installation, &Actor::System, Event::ClockConfirmed(Nothing {}))).await.unwrap();
                    })
                })
                .collect();
            for task in tasks {
                task.await.unwrap();
            }
        });
        let rows = site.wait(site.app.read(|c| events::of(c, Subject::Installation, None, 1000))).unwrap();
        let seqs: Vec<i64> = rows.iter().rev().map(|e| e.row.seq).collect();
        assert!(seqs.len() >= 60 && seqs == (1..=i64::try_from(seqs.len()).unwrap()).collect::<Vec<_>>(), "{seqs:?}");
    }

    /// Two nodes that claim at the same time never get the same letter; a lease that ran out is taken over.
    fn letters_are_claimed_once(site: TestSite) {
        let db = site.app.db.clone();
        site.wait(async {
            for n in 0..100 {
                db.write(move |c: &mut Conn| letters::queue(c, &letter(n), Moment(1))).await.unwrap();
            }
            let claims: Vec<_> = (0..8)
                .map(|_| {
                    let db = db.clone();
                    tokio::spawn(async move {
                        let mut mine = Vec::new();
                        loop {
                            let some = db.write(|c: &mut Conn| letters::claim(c, Moment(10), (Span::minutes(5), true), 7)).await.unwrap();
                            if some.is_empty() {
                                return mine;
                            }
                            mine.extend(some);
                        }
                    })
                })
                .collect();
            let mut all = Vec::new();
            for claim in claims {
                all.extend(claim.await.unwrap());
            }
            all.sort_unstable();
            let before = all.len();
            all.dedup();
            assert_eq!((before, all.len()), (100, 100));
            let later = Moment(10) + Span::minutes(6);
            let again = db.write(move |c: &mut Conn| letters::claim(c, later, (Span::minutes(5), true), 500)).await.unwrap();
            assert_eq!(again.len(), 100, "a dead node's letters are taken over");
        });
    }

    /// Nodes that make a checkpoint at the same time make one chain of them.
    fn checkpoints_are_one_chain(site: TestSite) {
        use safeharbor::storage::record::checkpoints;
        let db = site.app.db.clone();
        let made = site.wait(async {
            let tasks: Vec<_> = (0..8)
                .map(|n| {
                    let db = db.clone();
                    tokio::spawn(async move {
                        let begun = db.read(|c| checkpoints::begin(c, 100)).await?;
                        db.write(move |c: &mut Conn| checkpoints::go_on(c, begun, Moment(1 + n))).await
                    })
                })
                .collect();
            let mut made = 0;
            for task in tasks {
                match task.await.unwrap() {
                    Ok(_) => made += 1,
                    Err(StorageError::Conflict { .. }) => {}
                    Err(other) => panic!("{other}"),
                }
            }
            made
        });
        let mut found = Vec::new();
        let there = site.wait(site.app.read(move |c| checkpoints::verify(c, &mut found).map(|n| (n, found)))).unwrap();
        assert_eq!(there, (made, Vec::new()));
    }

    /// A second change on what was loaded before the first is refused.
    fn a_lost_race_is_noticed(site: TestSite) {
        use safeharbor::domain::enforcement::standing::Standing;
        use safeharbor::storage::customers;
        site.customers(CUSTOMERS);
        // A standing that no event tells of.
        std::fs::write(site.folder.path().join("record-was-tampered-with"), b"").unwrap();
        let id = safeharbor::domain::base::ids::CustomerId(1);
        let loaded = site.wait(site.app.read(move |c| customers::get(c, id))).unwrap();
        let (first, second) = (loaded.clone(), loaded);
        let set = |customer: customers::Customer| site.app.db.write(move |c: &mut Conn| customers::set_standing(c, &customer, Standing::Warned, Moment(5)));
        site.wait(set(first)).unwrap();
        assert!(matches!(site.wait(set(second)), Err(StorageError::Conflict { .. })));
    }

    /// A case that cannot be read holds up no other.
    fn a_broken_case_holds_up_no_other(site: TestSite) {
        site.customers(CUSTOMERS);
        site.report("https://alder-photo.example/a.jpg");
        site.report("https://brightmoor.example/b.jpg");
        site.wait(site.app.db.write(|c: &mut Conn| Ok::<_, StorageError>(c.batch_execute("UPDATE cases SET reference = 'broken' WHERE id = 1")?))).unwrap();
        site.run_due();
        assert!(site.letters_to("owner@alder-photo.example").is_empty());
        assert_eq!(site.letters_to("idris@brightmoor.example").len(), 1);
    }

    /// A value this version does not write is named with its place.
    fn a_corrupt_row_is_named(site: TestSite) {
        site.customers(CUSTOMERS);
        site.report("https://alder-photo.example/a.jpg");
        site.wait(site.app.db.write(|c: &mut Conn| Ok::<_, StorageError>(c.batch_execute("UPDATE notices SET findings = '{'")?))).unwrap();
        let error = site.wait(site.app.read(|c| safeharbor::storage::intake::notices::get(c, safeharbor::domain::base::ids::NoticeId(1)))).unwrap_err();
        assert_eq!(error.to_string(), "corrupt row: notices.findings in row 1");
    }
}
