//! Reads everything back: each acknowledged notice is there once with all its locations and cases, each case was
//! forwarded once to the contact of its customer, and what is counted is what is there.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use safeharbor::storage::{Conn, Db, StorageError};

use super::Failure;
use super::forms::Acknowledged;

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

#[derive(QueryableByName)]
struct NoticeRow {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Text)]
    reference: String,
    #[diesel(sql_type = BigInt)]
    locations: i64,
    #[diesel(sql_type = Nullable<Text>)]
    cases: Option<String>,
}

async fn number(db: &Db, sql: &'static str) -> Result<i64, Failure> {
    let count =
        move |c: &mut Conn| -> Result<i64, StorageError> { Ok(diesel::sql_query(sql).get_result::<Number>(c)?.n) };
    Ok(db.read(count).await?)
}

/// Waits until every case that should be is forwarded and no letter is on its way; says how long it took.
pub async fn wait_for_letters(db: &Db, patience: Duration) -> Result<(i64, Duration), Failure> {
    let start = Instant::now();
    let open = "SELECT (SELECT count(*) FROM cases WHERE state = 'received') + (SELECT count(*) FROM letters WHERE state IN ('queued', 'sending', 'deferred')) + (SELECT count(*) FROM sender_tallies) AS n";
    let before = number(db, "SELECT count(*) AS n FROM letters WHERE state = 'accepted'").await?;
    loop {
        if number(db, open).await? == 0 {
            let after = number(db, "SELECT count(*) AS n FROM letters WHERE state = 'accepted'").await?;
            return Ok((after - before, start.elapsed()));
        }
        if start.elapsed() > patience {
            return Err(format!("{} letters and cases still wait", number(db, open).await?).into());
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// What must never be found, and the query that finds it.
const NEVER: [(&str, &str); 8] = [
    (
        "notices without the bytes they came in",
        "SELECT count(*) AS n FROM notices n WHERE NOT EXISTS (SELECT 1 FROM submissions s WHERE s.id = n.submission_id)",
    ),
    (
        "cases without a location",
        "SELECT count(*) AS n FROM cases c WHERE NOT EXISTS (SELECT 1 FROM locations l WHERE l.case_id = c.id)",
    ),
    (
        "cases not forwarded exactly once to the one contact",
        "SELECT count(*) AS n FROM cases c WHERE c.state NOT IN ('review', 'unconfirmed') AND (SELECT count(*) FROM letters l WHERE l.case_id = c.id AND l.kind = 'notice_to_customer') <> 1",
    ),
    (
        "letters to somebody who is no contact of the customer",
        "SELECT count(*) AS n FROM letters l JOIN cases c ON c.id = l.case_id WHERE l.kind = 'notice_to_customer' AND NOT EXISTS (SELECT 1 FROM contacts k WHERE k.customer_id = c.customer_id AND k.email = l.to_address)",
    ),
    (
        "customers whose count of cases is wrong",
        "SELECT count(*) AS n FROM (SELECT 1 FROM cases GROUP BY customer_id HAVING count(*) <> max(ordinal) OR count(*) <> count(DISTINCT ordinal)) AS wrong",
    ),
    (
        "senders whose count of notices is wrong",
        "SELECT count(*) AS n FROM senders s WHERE s.sent <> (SELECT count(*) FROM notices n WHERE n.sender_id = s.id) + (SELECT count(*) FROM notices n JOIN senders a ON a.id = n.sender_id WHERE a.domain_id = s.id)",
    ),
    (
        "strikes that no case stands for",
        "SELECT count(*) AS n FROM strikes s WHERE NOT EXISTS (SELECT 1 FROM cases c WHERE c.strike_id = s.id)",
    ),
    (
        "customers whose count of strikes is wrong",
        "SELECT count(*) AS n FROM customers u WHERE u.active_strikes <> (SELECT count(*) FROM strikes s WHERE s.customer_id = u.id AND s.status = 'active')",
    ),
];

/// Checks it all; every line that is wrong is returned.
pub async fn prove(db: &Db, acknowledged: &[Acknowledged]) -> Result<Vec<String>, Failure> {
    let mut wrong = Vec::new();
    let mut wanted: HashMap<&str, &Acknowledged> = HashMap::new();
    for one in acknowledged {
        if wanted.insert(&one.reference, one).is_some() {
            wrong.push(format!("{} was acknowledged twice", one.reference));
        }
    }
    let mut after = 0;
    loop {
        let page = notices_after(db, after).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        for row in page {
            // More may be there than was acknowledged: an answer can be lost, a notice cannot.
            if let Some(one) = wanted.remove(row.reference.as_str()) {
                compare(one, &row, &mut wrong);
            }
        }
    }
    wrong.extend(wanted.into_keys().map(|reference| format!("{reference} was acknowledged and is not there")));
    for (what, sql) in NEVER {
        let found = number(db, sql).await?;
        if found > 0 {
            wrong.push(format!("{found} {what}"));
        }
    }
    Ok(wrong)
}

async fn notices_after(db: &Db, after: i64) -> Result<Vec<NoticeRow>, Failure> {
    let read = move |c: &mut Conn| -> Result<Vec<NoticeRow>, StorageError> {
        let list = match c {
            Conn::Postgres(_) => "string_agg(k.reference, ',')",
            Conn::Sqlite(_) => "group_concat(k.reference, ',')",
        };
        let sql = format!(
            "SELECT n.id, n.reference, (SELECT count(*) FROM locations l WHERE l.notice_id = n.id) AS locations, (SELECT {list} FROM cases k WHERE k.notice_id = n.id) AS cases FROM notices n WHERE n.id > {after} ORDER BY n.id LIMIT 5000"
        );
        Ok(diesel::sql_query(sql).load(c)?)
    };
    Ok(db.read(read).await?)
}

fn compare(one: &Acknowledged, row: &NoticeRow, wrong: &mut Vec<String>) {
    if i64::try_from(one.locations) != Ok(row.locations) {
        wrong.push(format!("{} has {} locations of {}", row.reference, row.locations, one.locations));
    }
    let mut there: Vec<&str> = row.cases.as_deref().unwrap_or_default().split(',').filter(|c| !c.is_empty()).collect();
    let mut told: Vec<&str> = one.cases.iter().map(String::as_str).collect();
    there.sort_unstable();
    told.sort_unstable();
    if !told.is_empty() && there != told {
        wrong.push(format!("{} has the cases {there:?}, told were {told:?}", row.reference));
    }
}
