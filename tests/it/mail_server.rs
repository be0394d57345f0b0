//! Letters over SMTP, to a small server of our own on loopback.

use std::sync::{Arc, Mutex};

use safeharbor::config::{Smtp, SmtpSecurity};
use safeharbor::domain::base::moment::{Moment, Span};
use safeharbor::mail::message::{Outgoing, write};
use safeharbor::mail::transport::{Sent, Transport};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufStream};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio_rustls::TlsAcceptor;

use crate::on_both;
use crate::support::{CUSTOMERS, TestSite};

/// What the server saw.
#[derive(Default)]
struct Seen {
    connections: usize,
    messages: Vec<String>,
    auth: Vec<String>,
}

/// How the server protects its connections.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Guard {
    Open,
    Tls,
    StartTls,
}

/// Accepts mail; refuses for good what goes to `gone@`, puts off what goes to `later@`.
async fn serve(listener: TcpListener, seen: Arc<Mutex<Seen>>, guard: Guard, tls: Option<TlsAcceptor>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { return };
        seen.lock().unwrap().connections += 1;
        let (seen, tls) = (Arc::clone(&seen), tls.clone());
        tokio::spawn(async move {
            // A client that goes away in the middle ends its conversation, nothing else.
            let _ = converse(stream, seen, guard, tls).await;
        });
    }
}

async fn converse(
    stream: TcpStream,
    seen: Arc<Mutex<Seen>>,
    guard: Guard,
    tls: Option<TlsAcceptor>,
) -> std::io::Result<()> {
    match (guard, tls) {
        (Guard::Tls, Some(tls)) => talk(tls.accept(stream).await?, &seen, false, true).await.map(|_| ()),
        (Guard::StartTls, Some(tls)) => {
            let Some(stream) = talk(stream, &seen, true, true).await? else { return Ok(()) };
            talk(tls.accept(stream).await?, &seen, false, false).await.map(|_| ())
        }
        _ => talk(stream, &seen, false, true).await.map(|_| ()),
    }
}

/// One conversation; returns the stream when the client asks for TLS.
async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    seen: &Mutex<Seen>,
    starttls: bool,
    greet: bool,
) -> std::io::Result<Option<S>> {
    let mut stream = BufStream::new(stream);
    if greet {
        stream.write_all(b"220 test ESMTP\r\n").await?;
    }
    loop {
        stream.flush().await?;
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(None);
        }
        let command = line.to_ascii_uppercase();
        let answer: &[u8] = if command.starts_with("EHLO") && starttls {
            b"250-test\r\n250 STARTTLS\r\n"
        } else if command.starts_with("EHLO") {
            b"250-test\r\n250-AUTH PLAIN\r\n250 8BITMIME\r\n"
        } else if command.starts_with("STARTTLS") {
            stream.write_all(b"220 go ahead\r\n").await?;
            stream.flush().await?;
            return Ok(Some(stream.into_inner()));
        } else if command.starts_with("AUTH") {
            seen.lock().unwrap().auth.push(line.trim().to_owned());
            b"235 welcome\r\n"
        } else if command.contains("<GONE@") {
            b"550 5.1.1 no such user\r\n"
        } else if command.contains("<LATER@") {
            b"451 4.7.1 try again later\r\n"
        } else if command.starts_with("DATA") {
            stream.write_all(b"354 go on\r\n").await?;
            stream.flush().await?;
            let mut message = Vec::new();
            while !message.ends_with(b"\r\n.\r\n") {
                message.push(stream.read_u8().await?);
            }
            seen.lock().unwrap().messages.push(String::from_utf8_lossy(&message).into_owned());
            b"250 2.0.0 queued as 7\r\n"
        } else {
            b"250 ok\r\n"
        };
        stream.write_all(answer).await?;
    }
}

fn outgoing<'a>(to: &'a str, id: &'a str) -> Outgoing<'a> {
    Outgoing {
        reply_to: None,
        from_name: "N",
        from: "c@n.example",
        to_name: "",
        to,
        subject: "s",
        text: "t",
        html: "<p>t</p>",
        message_id: id,
        refers_to: &[],
        date: Moment(0),
    }
}

fn transport(port: u16, connections: usize) -> Transport {
    let smtp = Smtp {
        host: "127.0.0.1".into(),
        port,
        security: SmtpSecurity::None,
        username: String::new(),
        password: String::new(),
        connections,
        patience: Span::minutes(1),
        ca_file: None,
    };
    Transport::smtp(smtp, "n.example")
}

#[test]
fn letters_go_over_warm_connections_without_delay() {
    let runtime = Runtime::new().unwrap();
    let seen = Arc::new(Mutex::new(Seen::default()));
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(serve(listener, Arc::clone(&seen), Guard::Open, None));
        let transport = transport(port, 2);
        let start = std::time::Instant::now();
        for n in 0..100 {
            let id = format!("<{n}@n.example>");
            let ready = write(&outgoing("owner@x.example", &id)).unwrap();
            assert_eq!(transport.send("x", ready).await, Sent::Accepted("250 2.0.0 queued as 7".into()));
        }
        // With Nagle's algorithm each letter waits 40 ms for an acknowledgement: 4 seconds.
        assert!(start.elapsed().as_secs() < 3, "{:?}", start.elapsed());
        for (to, expected) in [("gone@x.example", "550 5.1.1"), ("later@x.example", "451 4.7.1")] {
            let sent = transport.send("x", write(&outgoing(to, "<r@n.example>")).unwrap()).await;
            let words = match (&sent, to.starts_with("gone")) {
                (Sent::Refused(words), true) | (Sent::Later(words), false) => words.clone(),
                other => panic!("{other:?}"),
            };
            assert!(words.contains(expected), "{words}");
        }
        let after = transport.send("x", write(&outgoing("owner@x.example", "<z@n.example>")).unwrap()).await;
        assert!(matches!(after, Sent::Accepted(_)), "a refusal does not spoil the pool: {after:?}");
    });
    let seen = seen.lock().unwrap();
    assert_eq!(seen.messages.len(), 101);
    assert!(seen.connections <= 4, "{} connections", seen.connections);
    assert!(seen.messages[0].contains("Message-ID: <0@n.example>"));
}

/// A server with a certificate of its own: TLS from the first byte, and STARTTLS; both sign in over TLS only.
#[test]
fn letters_go_over_tls_and_sign_in() {
    let runtime = Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let ca_file = folder.path().join("ca.pem");
    std::fs::write(&ca_file, made.cert.pem()).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    for (guard, security) in [(Guard::Tls, SmtpSecurity::Tls), (Guard::StartTls, SmtpSecurity::StartTls)] {
        let seen = Arc::new(Mutex::new(Seen::default()));
        runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let port = listener.local_addr().unwrap().port();
            tokio::spawn(serve(listener, Arc::clone(&seen), guard, Some(acceptor.clone())));
            let smtp = |ca_file| Smtp {
                host: "localhost".into(),
                port,
                security,
                username: "copyright".into(),
                password: "secret".into(),
                connections: 1,
                patience: Span::minutes(1),
                ca_file,
            };
            let trusting = Transport::smtp(smtp(Some(ca_file.clone())), "n.example");
            for n in 0..3 {
                let id = format!("<{n}@n.example>");
                let sent = trusting.send("x", write(&outgoing("owner@x.example", &id)).unwrap()).await;
                assert_eq!(sent, Sent::Accepted("250 2.0.0 queued as 7".into()));
            }
            let doubting = Transport::smtp(smtp(None), "n.example");
            let sent = doubting.send("x", write(&outgoing("owner@x.example", "<z@n.example>")).unwrap()).await;
            assert!(matches!(sent, Sent::Later(_)), "a certificate nobody vouches for is refused: {sent:?}");
        });
        let seen = seen.lock().unwrap();
        assert_eq!((seen.messages.len(), seen.auth.len()), (3, 1), "one sign-in for three letters");
        assert!(seen.auth[0].starts_with("AUTH PLAIN"), "{:?}", seen.auth);
    }
}

#[test]
fn a_dead_mail_server_puts_letters_off() {
    let runtime = Runtime::new().unwrap();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let sent =
        runtime.block_on(transport(port, 1).send("x", write(&outgoing("a@x.example", "<a@n.example>")).unwrap()));
    assert!(matches!(&sent, Sent::Later(words) if words.contains("cannot reach the mail server")), "{sent:?}");
}

on_both! {
    /// A refusal for good is an event, a review item and a mark on the contact; it can be sent again.
    fn a_refused_letter_comes_before_staff(site: TestSite) {
        site.customers(CUSTOMERS);
        site.refuse("owner@alder-photo.example", Sent::Refused("550 5.1.1 no such user".into()));
        site.report("https://alder-photo.example/a.jpg");
        site.run_due();
        let staff = site.staff("agent");
        let queue = staff.get("/staff/?view=review").text();
        assert!(queue.contains("A letter was refused") && queue.contains("550 5.1.1 no such user"), "{queue}");
        let outbox = staff.get("/staff/outbox?state=failed");
        assert!(outbox.text().contains("1 refused letter carries a deadline"), "{}", outbox.text());
        assert!(staff.get("/staff/customers/1").text().contains("Refused a letter"));
        site.accept_all();
        let letter = outbox.link("/staff/letters/");
        let done = staff.post_with_seal(&staff.get(&letter), &format!("{letter}/retry"), &[]);
        assert_eq!(done.status, 303, "{}", done.text());
        site.run_due();
        assert_eq!(site.letters_to("owner@alder-photo.example").len(), 1);
        assert!(!staff.get("/staff/?view=review").text().contains("A letter was refused"));
        assert!(!staff.get("/staff/customers/1").text().contains("Refused a letter"));
    }

    /// What is put off is tried again with growing pauses, under the same Message-ID.
    fn a_deferred_letter_is_tried_again(site: TestSite) {
        site.customers(CUSTOMERS);
        site.refuse("owner@alder-photo.example", Sent::Later("451 4.7.1 try again later".into()));
        site.report("https://alder-photo.example/a.jpg");
        site.run_due();
        let staff = site.staff("viewer");
        assert!(staff.get("/staff/outbox?state=deferred").text().contains("451 4.7.1 try again later"));
        site.accept_all();
        site.run_due();
        assert!(site.letters_to("owner@alder-photo.example").is_empty(), "not before its time");
        site.advance(Span::minutes(2));
        assert_eq!(site.letters_to("owner@alder-photo.example").len(), 1);
    }
}
