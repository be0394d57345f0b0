//! A listener for one mail server on the same machine or network. It takes every mail for every receiver it is
//! given, answers after the mail is on disk, and asks to try again where it could not be kept. Commands are
//! read by `smtp-proto`; there is no TLS and no sign-in: who reaches the port can hand mail over.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use smtp_proto::Request;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::take_mail::take_mail;
use crate::actions::Envelope;
use crate::app::App;
use crate::domain::base::contact::EmailAddress;
use crate::storage::intake::submissions::Submission;

/// Longest command line with its end (RFC 5321 section 4.5.3.1.4, with room for parameters).
const MAX_LINE: u64 = 2048;
/// Receivers of one mail.
const MAX_RECEIVERS: usize = 100;
/// Conversations at the same time.
const MAX_CONVERSATIONS: usize = 50;
/// How long a silent client is waited for (RFC 5321 section 4.5.3.2 asks for five minutes).
const PATIENCE: Duration = Duration::from_mins(5);

/// A listener that is bound.
pub struct Listener {
    socket: TcpListener,
    app: App,
}

/// Binds the address of the configuration; nothing where there is none.
pub async fn bind(app: App) -> io::Result<Option<Listener>> {
    let Some(address) = app.config().inbound.lmtp_listen else { return Ok(None) };
    Ok(Some(Listener { socket: TcpListener::bind(address).await?, app }))
}

impl Listener {
    /// Where it listens.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Answers until it is dropped.
    pub async fn run(self) {
        let room = Arc::new(Semaphore::new(MAX_CONVERSATIONS));
        loop {
            let Ok(place) = Arc::clone(&room).acquire_owned().await else { return };
            match self.socket.accept().await {
                Ok((stream, peer)) => {
                    let app = self.app.clone();
                    tokio::spawn(async move {
                        let _place = place;
                        if let Err(error) = talk(&app, stream, peer).await {
                            tracing::info!(%error, "an LMTP conversation ended early");
                        }
                    });
                }
                Err(error) => {
                    tracing::error!(%error, "LMTP: cannot accept");
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
            }
        }
    }
}

/// What has been said since the last mail.
#[derive(Default)]
struct Conversation {
    greeted: bool,
    from: Option<String>,
    to: Vec<String>,
}

async fn talk(app: &App, stream: TcpStream, peer: SocketAddr) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let (reader, mut writer) = stream.into_split();
    let mut reader = BufReader::new(reader);
    let name = app.config().mail.from.domain().to_owned();
    writer.write_all(format!("220 {name} LMTP Safeharbor\r\n").as_bytes()).await?;
    let mut said = Conversation::default();
    loop {
        let mut line = Vec::new();
        let read = timeout(PATIENCE, (&mut reader).take(MAX_LINE).read_until(b'\n', &mut line)).await??;
        if read == 0 {
            return Ok(());
        }
        if !line.ends_with(b"\n") {
            writer.write_all(b"500 5.5.2 Line too long\r\n").await?;
            return Ok(());
        }
        let answer = match Request::parse(&mut line.iter()) {
            Ok(Request::Quit) => {
                writer.write_all(b"221 2.0.0 Bye\r\n").await?;
                return Ok(());
            }
            Ok(Request::Data) if said.from.is_some() && !said.to.is_empty() => {
                writer.write_all(b"354 Go on, end with a dot\r\n").await?;
                take(app, &mut reader, &mut said, peer).await?
            }
            Ok(request) => said.answer(&request, &name, app.config().inbound.max_message),
            Err(_) => "500 5.5.2 Not understood\r\n".to_owned(),
        };
        writer.write_all(answer.as_bytes()).await?;
    }
}

impl Conversation {
    /// The answer to anything but `DATA` and `QUIT`.
    fn answer<T: AsRef<str>>(&mut self, request: &Request<T>, name: &str, max: usize) -> String {
        match request {
            Request::Lhlo { .. } => {
                *self = Self { greeted: true, ..Self::default() };
                format!(
                    "250-{name}\r\n250-PIPELINING\r\n250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE {max}\r\n"
                )
            }
            Request::Helo { .. } | Request::Ehlo { .. } => "500 5.5.1 This is LMTP, say LHLO\r\n".to_owned(),
            Request::Mail { .. } if !self.greeted => "503 5.5.1 Say LHLO first\r\n".to_owned(),
            Request::Mail { from } if from.size > max => "552 5.3.4 Too large\r\n".to_owned(),
            Request::Mail { from } => {
                self.from = Some(from.address.as_ref().to_owned());
                self.to.clear();
                "250 2.1.0 OK\r\n".to_owned()
            }
            Request::Rcpt { .. } if self.from.is_none() => "503 5.5.1 Say MAIL first\r\n".to_owned(),
            Request::Rcpt { .. } if self.to.len() >= MAX_RECEIVERS => "452 4.5.3 Too many receivers\r\n".to_owned(),
            Request::Rcpt { to } => {
                self.to.push(to.address.as_ref().to_owned());
                "250 2.1.5 OK\r\n".to_owned()
            }
            Request::Rset => {
                *self = Self { greeted: self.greeted, ..Self::default() };
                "250 2.0.0 OK\r\n".to_owned()
            }
            Request::Noop { .. } => "250 2.0.0 OK\r\n".to_owned(),
            Request::Vrfy { .. } => "252 2.5.0 Send it and see\r\n".to_owned(),
            Request::Data => "503 5.5.1 Say MAIL and RCPT first\r\n".to_owned(),
            _ => "502 5.5.1 Not offered\r\n".to_owned(),
        }
    }
}

/// Takes one mail. LMTP answers once for each receiver (RFC 2033 section 4.2); it is one mail for us.
async fn take(
    app: &App,
    reader: &mut (impl AsyncBufReadExt + AsyncRead + Unpin),
    said: &mut Conversation,
    peer: SocketAddr,
) -> io::Result<String> {
    let body = timeout(PATIENCE * 2, read_data(reader, app.config().inbound.max_message)).await??;
    let to = std::mem::take(&mut said.to);
    let envelope =
        Envelope { from: said.from.take(), to: to.iter().filter_map(|address| EmailAddress::parse(address)).collect() };
    let line = match body {
        None => "552 5.3.4 Too large\r\n",
        Some(bytes) => match keep(app, bytes, envelope, peer).await {
            Ok(()) => "250 2.0.0 Kept\r\n",
            Err(error) => {
                tracing::error!(%error, "a mail could not be kept; the mail server tries again");
                "451 4.3.0 Could not be kept, try again\r\n"
            }
        },
    };
    Ok(line.repeat(to.len()))
}

async fn keep(
    app: &App,
    bytes: Vec<u8>,
    envelope: Envelope,
    peer: SocketAddr,
) -> Result<(), crate::actions::ActionError> {
    let submission = Submission {
        sender_address: peer.ip().to_string(),
        user_agent: "LMTP".to_owned(),
        ..Submission::new("mail", "message/rfc822", bytes)
    };
    let done = take_mail(app, submission, envelope).await?;
    tracing::info!(submission = done.submission, kind = done.kind.code(), again = done.again, "mail");
    Ok(())
}

/// Reads up to the line with a single dot and undoes dot stuffing; nothing where it is larger than `max`, and
/// then too reads to its end, so that the conversation can go on.
async fn read_data(reader: &mut (impl AsyncBufReadExt + Unpin), max: usize) -> io::Result<Option<Vec<u8>>> {
    let (mut body, mut too_large, mut at_start) = (Vec::new(), false, true);
    loop {
        let mut line = Vec::new();
        let read = reader.take(64 * 1024).read_until(b'\n', &mut line).await?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if at_start && (line == b".\r\n" || line == b".\n") {
            return Ok((!too_large).then_some(body));
        }
        let unstuffed = if at_start && line.starts_with(b".") { &line[1..] } else { &line[..] };
        at_start = line.ends_with(b"\n");
        if too_large || body.len() + unstuffed.len() > max {
            too_large = true;
            body.clear();
        } else {
            body.extend_from_slice(unstuffed);
        }
    }
}
