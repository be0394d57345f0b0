//! The second step of signing in, as staff live with it.

use safeharbor::actions::reset_second_factor;
use safeharbor::domain::access::second_factor::Secret;
use safeharbor::domain::base::moment::Span;

use crate::on_both;
use crate::support::{Backend, Client, PASSWORD, Page, TestSite};

/// What the app on the telephone shows.
fn code(secret: &str, site: &TestSite) -> String {
    let totp = totp_rs::Builder::new().with_secret(totp_rs::Secret::try_from_base32(secret).unwrap()).build().unwrap();
    totp.generate(u64::try_from(site.clock.now().0 / 1_000_000).unwrap()).to_string()
}

/// Turns it on; the secret and the recovery codes.
fn set_up(site: &TestSite, client: &Client) -> (String, Vec<String>) {
    let page = client.get("/staff/account");
    let secret = page.field("secret");
    let form = [("secret", secret.clone()), ("seal", page.field("seal")), ("code", code(&secret, site))];
    let form: Vec<(&str, &str)> = form.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let done = client.post_with_seal(&page, "/staff/account/on", &form);
    assert_eq!(done.status, 200, "{}", done.text());
    let codes: Vec<String> =
        done.body.split("<li><code>").skip(1).map(|c| c.split('<').next().unwrap().to_owned()).collect();
    assert_eq!(codes.len(), 10, "{}", done.text());
    (secret, codes)
}

fn password(client: &Client) -> Page {
    let login = client.get("/staff/login");
    client.post_with_seal(&login, "/staff/login", &[("email", "agent@northwind.example"), ("password", PASSWORD)])
}

fn second(client: &Client, asked: &Page, code: &str) -> Page {
    let (ticket, seal) = (asked.field("ticket"), asked.field("seal"));
    client.post("/staff/login/code", &[("ticket", ticket.as_str()), ("seal", seal.as_str()), ("code", code)])
}

on_both! {
    /// Set up, signed in with, each code once, recovery codes once, turned off again; all on record.
    fn a_second_step_is_set_up_and_asked_for(site: TestSite) {
        let other = site.staff("agent");
        let client = site.staff("agent");
        let page = client.get("/staff/account");
        assert!(page.body.contains("<svg") && !page.body.contains("<?xml"), "a picture for the app");
        let wrong = client.post_with_seal(&page, "/staff/account/on", &[("secret", &page.field("secret")), ("seal", &page.field("seal")), ("code", "000000")]);
        assert_eq!(wrong.status, 422);
        assert_eq!(wrong.field("secret"), page.field("secret"), "the same picture, to try again");
        let (secret, codes) = set_up(&site, &client);
        assert_eq!(other.get("/staff/").status, 303, "other sessions ended");
        assert_eq!(client.get("/staff/").status, 200, "this one goes on");

        let client = site.client();
        let asked = password(&client);
        assert!(asked.status == 200 && asked.text().contains("Second step"), "{}", asked.text());
        assert_eq!(client.get("/staff/").status, 303, "the password alone opens nothing");
        let used = code(&secret, &site);
        assert_eq!(second(&client, &asked, &used).status, 422, "the code that set it up was used");
        site.advance(Span::seconds(30));
        let fresh = code(&secret, &site);
        let grouped = format!("{} {}", &fresh[..3], &fresh[3..]);
        assert_eq!(second(&client, &asked, &grouped).status, 303);
        assert_eq!(client.get("/staff/").status, 200);
        assert_eq!(second(&site.client(), &asked, &fresh).status, 422, "each code once");

        let lost = site.client();
        assert_eq!(second(&lost, &asked, &codes[3].to_uppercase()).status, 303, "a recovery code");
        assert_eq!(second(&site.client(), &asked, &codes[3]).status, 422, "once");
        let page = lost.get("/staff/account");
        assert!(page.text().contains("9 recovery codes are left"), "{}", page.text());
        site.advance(Span::seconds(60));
        let renewed = lost.post_with_seal(&page, "/staff/account/codes", &[("code", &code(&secret, &site))]);
        assert!(renewed.status == 200 && renewed.text().contains("10 recovery codes are left"), "{}", renewed.text());
        assert_eq!(second(&site.client(), &asked, &codes[4]).status, 422, "those before stopped working");
        let off = lost.post_with_seal(&page, "/staff/account/off", &[("code", "123456")]);
        assert!(off.status == 422 && off.text().contains("not right"), "{}", off.text());
        site.advance(Span::seconds(60));
        assert_eq!(lost.post_with_seal(&page, "/staff/account/off", &[("code", &code(&secret, &site))]).status, 303);
        assert_eq!(password(&site.client()).status, 303, "the password is enough again");
        let kinds: Vec<String> = site.kinds("staff.");
        for kind in ["staff.second_factor_on", "staff.recovery_code_used", "staff.recovery_codes_renewed", "staff.second_factor_off"] {
            assert!(kinds.iter().any(|k| k == kind), "{kind} in {kinds:?}");
        }
    }

    /// Somebody lost both: the operator takes it away, and every session with it.
    fn the_operator_takes_a_lost_one_away(site: TestSite) {
        let client = site.staff("agent");
        set_up(&site, &client);
        site.wait(site.app.write(|tx| reset_second_factor(tx, "Agent@northwind.example"))).unwrap();
        assert_eq!(client.get("/staff/").status, 303);
        assert_eq!(password(&site.client()).status, 303);
        let again = site.wait(site.app.write(|tx| reset_second_factor(tx, "agent@northwind.example")));
        assert!(again.unwrap_err().to_string().contains("has no second factor"));
    }
}

/// Guessing is throttled, for each sign-in that got so far: who guesses does not use up what the owner has.
#[test]
fn guessing_is_throttled() {
    let site = TestSite::open_with(Backend::Sqlite, &[("staff.attempts_per_minute", "5")]);
    let client = site.staff("agent");
    let (secret, _) = set_up(&site, &client);
    let asked = password(&client);
    let guess = |n: u32| second(&site.client(), &asked, &format!("{n:06}")).status;
    let statuses: Vec<u16> = (0..8).map(guess).collect();
    assert!(statuses.contains(&422) && statuses.ends_with(&[429]), "{statuses:?}");
    let mine = site.client();
    let asked = password(&mine);
    site.advance(Span::seconds(60));
    assert_eq!(second(&mine, &asked, &code(&secret, &site)).status, 303, "the owner, in the same minute");
}

/// A ticket is good for its person and a few minutes; a secret of somebody else's making is not taken.
#[test]
fn tickets_end() {
    let site = TestSite::open(Backend::Sqlite);
    let client = site.staff("agent");
    let (secret, _) = set_up(&site, &client);
    site.advance(Span::minutes(1));
    let asked = password(&site.client());
    let forged = [("ticket", "1.9999999999999999"), ("seal", "00"), ("code", "000000")];
    assert_eq!(site.client().post("/staff/login/code", &forged).status, 400);
    site.advance(Span::minutes(4));
    let asked = second(&site.client(), &asked, "000000");
    assert_eq!(asked.status, 422, "{}", asked.text());
    site.advance(Span::minutes(2));
    let late = second(&site.client(), &asked, &code(&secret, &site));
    assert_eq!(late.status, 400, "a wrong code does not make the ticket last longer: begin again");
    let page = client.get("/staff/account");
    let mine = Secret::from_random([1; 32]).base32();
    let form = [("secret", mine.as_str()), ("seal", "00"), ("code", &code(&mine, &site))];
    assert_eq!(client.post_with_seal(&page, "/staff/account/on", &form).status, 400);
}

/// Where everybody needs one, who has none sets it up before anything else.
#[test]
fn a_host_can_ask_everybody() {
    let site = TestSite::open_with(Backend::Sqlite, &[("staff.second_factor", "true")]);
    let client = site.staff("agent");
    for path in ["/staff/", "/staff/outbox", "/staff/senders"] {
        let page = client.get(path);
        assert_eq!((page.status, page.location.as_str()), (303, "/staff/account"), "{path}");
    }
    let page = client.get("/staff/account");
    assert!(page.text().contains("requires it for everyone"), "{}", page.text());
    let (secret, _) = set_up(&site, &client);
    assert_eq!(client.get("/staff/").status, 200);
    site.advance(Span::minutes(1));
    let page = client.get("/staff/account");
    assert!(!page.body.contains("/staff/account/off"));
    let off = client.post_with_seal(&page, "/staff/account/off", &[("code", &code(&secret, &site))]);
    assert!(off.status == 422 && off.text().contains("cannot be turned off"), "{}", off.text());
}
