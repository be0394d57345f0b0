//! A load for Safeharbor: an invented host, and notices of the measured shape sent by every way in. At the end it
//! proves that everything that was acknowledged is there, once.
//!
//! `cargo build --release && cargo run --release --example loadgen -- --help`

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "rates for people, and shares drawn of small numbers"
)]

mod forms;
mod limit;
mod limit_postgres;
mod proof;
mod send;
mod server;
mod world;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Parser;
use safeharbor::storage::{DatabaseUrl, Db};
use tokio::task::spawn_blocking;

use self::send::{Mix, Outcome, Plan};
use self::server::{Place, Server};
use self::world::Shape;

/// Why a run could not be made.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Starts a server on an empty database, fills it with customers, sends notices, and proves what came of them.
#[derive(Parser)]
struct Wants {
    /// The program under load.
    #[arg(long, default_value = "target/release/safeharbor")]
    binary: PathBuf,
    /// Folder of the database; a fresh one that is removed at the end, if left out. One that is there is used as it is.
    #[arg(long)]
    folder: Option<PathBuf>,
    /// PostgreSQL instead of SQLite: an empty database.
    #[arg(long)]
    postgres: Option<String>,
    /// Servers on the same PostgreSQL database.
    #[arg(long, default_value_t = 1)]
    nodes: usize,
    /// Port of a mail server on this machine, such as postfix' smtp-sink; otherwise letters are files.
    #[arg(long)]
    smtp: Option<u16>,
    /// Assets of the host, ten to a customer.
    #[arg(long, default_value_t = 100_000)]
    assets: u64,
    /// How long notices are sent.
    #[arg(long, default_value_t = 30)]
    seconds: u64,
    /// Notices a second; left out: as fast as they are taken.
    #[arg(long)]
    rate: Option<f64>,
    /// Connections that send.
    #[arg(long, default_value_t = 32)]
    connections: u64,
    /// Ways in with their weights.
    #[arg(long, default_value = "api=6,batch=2,acns=1,form=1")]
    mix: Mix,
    /// Most URLs in a notice; the measured distribution has 3,710 and fifteen on average, 30 makes it five.
    #[arg(long, default_value_t = 3710)]
    most_urls: u64,
    /// The same seed sends the same notices.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Minutes to wait for the letters afterwards.
    #[arg(long, default_value_t = 10)]
    patience: u64,
    /// Keep the database and leave out the proof.
    #[arg(long)]
    no_proof: bool,
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let wants = Wants::parse();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let fresh = tempfile::Builder::new().prefix("safeharbor-load.").tempdir()?;
    let folder = wants.folder.clone().unwrap_or_else(|| fresh.path().to_owned());
    std::fs::create_dir_all(&folder)?;
    let place = Place {
        binary: wants.binary.clone(),
        folder: folder.clone(),
        postgres: wants.postgres.clone(),
        smtp: wants.smtp,
    };
    let url =
        wants.postgres.as_ref().map_or_else(|| DatabaseUrl::in_folder(&folder), |u| DatabaseUrl::Postgres(u.clone()));
    let key = place.key()?;
    fill(&wants, &place, &key).await?;
    let before = rows(&wants, &folder).await?;
    let servers: Vec<Server> = (0..wants.nodes.max(1)).map(|_| place.serve()).collect::<Result<_, _>>()?;
    println!("started        in {:.2} s with {} assets", servers[0].started_in.as_secs_f64(), wants.assets);
    let busy = servers.iter().map(Server::busy).sum::<f64>();
    let outcome = load(&wants, &servers, &key).await?;
    let busy = servers.iter().map(Server::busy).sum::<f64>() - busy;
    report(&outcome, &servers, busy);
    let written = rows(&wants, &folder).await? - before;
    if wants.no_proof {
        return Ok(());
    }
    let db = Db::open(&url, 2)?;
    let (letters, took) = proof::wait_for_letters(&db, Duration::from_secs(wants.patience * 60)).await?;
    println!(
        "letters        {letters} more in {:.1} s after the load, {:.0}/s",
        took.as_secs_f64(),
        letters as f64 / took.as_secs_f64()
    );
    let wrong = proof::prove(&db, &outcome.acknowledged).await?;
    drop(servers);
    against_the_limit(&wants, &folder, written as f64 / outcome.elapsed.as_secs_f64()).await?;
    for line in wrong.iter().take(20) {
        println!("WRONG          {line}");
    }
    if !wrong.is_empty() {
        return Err(format!("{} things are wrong", wrong.len()).into());
    }
    println!(
        "proof          all {} acknowledged notices are there once, with their locations, cases and one forward a case",
        outcome.acknowledged.len()
    );
    Ok(())
}

/// Customers by the command line, their other assets by the API. Nothing where the folder is filled already.
async fn fill(wants: &Wants, place: &Place, key: &str) -> Result<(), Failure> {
    let mark = place.folder.join("filled");
    if mark.exists() {
        return Ok(());
    }
    let customers = wants.assets / world::PER_CUSTOMER;
    let file = place.folder.join("customers.csv");
    server::customers_file(&file, customers)?;
    let took = place.import(&file)?;
    println!(
        "customers      {customers} imported in {:.1} s, {:.0}/s",
        took.as_secs_f64(),
        customers as f64 / took.as_secs_f64()
    );
    let server = place.serve()?;
    let (start, assets) = (Instant::now(), wants.assets);
    let lines = futures_util::stream::unfold(0_u64, move |at| async move {
        let until = (at + 1000).min(assets);
        let some: String = (at..until)
            .filter(|n| n % world::PER_CUSTOMER != 0)
            .map(|n| format!("{{\"external_id\":\"{}\",\"asset\":\"{}\"}}\n", world::account(n), world::asset(n)))
            .collect();
        (at < assets).then_some((Ok::<_, std::io::Error>(some), until))
    });
    let answer = reqwest::Client::builder()
        .no_proxy()
        .build()?
        .post(format!("{}/api/v1/assets:import", server.base))
        .bearer_auth(key)
        .header("content-type", "application/x-ndjson")
        .body(reqwest::Body::wrap_stream(lines))
        .send()
        .await?;
    let (status, text) = (answer.status(), answer.text().await?);
    let took = start.elapsed().as_secs_f64();
    if !status.is_success() {
        return Err(format!("the import of assets answered {status}: {text}").into());
    }
    let count = assets - customers;
    println!(
        "assets         {count} imported in {took:.1} s, {:.0}/s; server {} MB",
        count as f64 / took,
        server.resident().1
    );
    Ok(std::fs::write(mark, text)?)
}

async fn load(wants: &Wants, servers: &[Server], key: &str) -> Result<Outcome, Failure> {
    let shape = Shape { assets: wants.assets, most_urls: wants.most_urls, duplicates: 0.05, hosted: 0.8, repeat: 0.1 };
    let mut running = Vec::new();
    for (n, server) in servers.iter().enumerate() {
        let plan = Plan {
            base: server.base.clone(),
            key: key.to_owned(),
            seconds: wants.seconds,
            rate: wants.rate.map(|r| r / servers.len() as f64),
            connections: (wants.connections / servers.len() as u64).max(1),
            mix: wants.mix.clone(),
            shape,
            seed: wants.seed + n as u64 * 1_000_000,
        };
        running.push(tokio::spawn(async move { send::send(&plan).await }));
    }
    let mut all = Outcome::default();
    for one in running {
        all.join(one.await??);
    }
    Ok(all)
}

fn report(outcome: &Outcome, servers: &[Server], busy: f64) {
    let seconds = outcome.elapsed.as_secs_f64();
    let (notices, urls) = (outcome.acknowledged.len(), outcome.acknowledged.iter().map(|a| a.locations).sum::<usize>());
    println!(
        "notices        {notices} in {seconds:.1} s, {:.0}/s; {:.0} URLs/s; {:.1} MB/s",
        notices as f64 / seconds,
        urls as f64 / seconds,
        outcome.bytes as f64 / seconds / 1e6
    );
    for (channel, h) in &outcome.latency {
        let ms = |q: f64| h.value_at_quantile(q) as f64 / 1000.0;
        let name = format!("{channel:?}").to_lowercase();
        println!(
            "{name:<14} {} answers, p50 {:.1} ms, p99 {:.1} ms, p99.9 {:.1} ms, most {:.1} ms",
            h.len(),
            ms(0.5),
            ms(0.99),
            ms(0.999),
            h.max() as f64 / 1000.0
        );
    }
    let p99: Vec<String> =
        outcome.windows.values().map(|h| format!("{:.0}", h.value_at_quantile(0.99) as f64 / 1000.0)).collect();
    println!("p99 each 10 s  {} ms", p99.join(" "));
    for (error, n) in &outcome.errors {
        println!("error          {n} × {error}");
    }
    for server in servers {
        let (now, most) = server.resident();
        println!("server         {now} MB resident, at most {most} MB");
    }
    println!("processor      {:.0} % of one core, by the servers alone", busy * 100.0 / seconds);
}

/// Rows in the tables that notices fill.
async fn rows(wants: &Wants, folder: &Path) -> Result<i64, Failure> {
    match wants.postgres.clone() {
        Some(url) => spawn_blocking(move || limit_postgres::rows(&url)).await?,
        None => limit::rows(&folder.join("safeharbor.db")),
    }
}

async fn against_the_limit(wants: &Wants, folder: &Path, rate: f64) -> Result<(), Failure> {
    let limit = if let Some(url) = wants.postgres.clone() {
        spawn_blocking(move || limit_postgres::measure(&url)).await??
    } else {
        let copy = tempfile::tempdir_in(folder)?;
        limit::measure(&folder.join("safeharbor.db"), &copy.path().join("copy.db"))?
    };
    println!(
        "rows           {rate:.0}/s written under load; one bare prepared writer: {:.0}/s; {:.0} % of it",
        limit.per_second(),
        rate * 100.0 / limit.per_second()
    );
    Ok(())
}
