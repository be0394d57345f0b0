//! A small pool of SMTP connections of our own.
//!
//! The pool of the library leaves Nagle's algorithm on: a message and its final dot are two writes, and
//! each letter then waits for a delayed acknowledgement, about 40 ms. These connections set TCP_NODELAY.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};

use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream, Certificate, TlsParameters};
use lettre::transport::smtp::extension::{ClientId, Extension};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::message::Ready;
use super::sent::Sent;
use crate::config::{Smtp, SmtpSecurity};

/// Connections to one mail server, kept warm.
pub struct Pool {
    settings: Smtp,
    hello: ClientId,
    places: Semaphore,
    idle: Mutex<Vec<AsyncSmtpConnection>>,
}

impl Pool {
    /// Opens nothing yet. `name` is how we introduce ourselves.
    pub fn new(settings: Smtp, name: &str) -> Self {
        Self {
            hello: ClientId::Domain(name.to_owned()),
            places: Semaphore::new(settings.connections),
            idle: Mutex::new(Vec::new()),
            settings,
        }
    }

    /// Most connections at the same time.
    pub fn connections(&self) -> usize {
        self.settings.connections
    }

    /// Connects and signs in as for a letter, and sends none.
    ///
    /// # Errors
    /// In words: the server cannot be reached, its TLS is not trusted, or it refuses the user name and password.
    pub async fn try_out(&self) -> Result<(), String> {
        match self.connect().await {
            Ok(mut connection) => {
                connection.abort().await;
                Ok(())
            }
            Err(
                Sent::Accepted(why) | Sent::Stored(why) | Sent::Later(why) | Sent::Silent(why) | Sent::Refused(why),
            ) => Err(why),
        }
    }

    /// Sends one message over a warm connection, or a new one where that has gone cold.
    pub async fn send(&self, message: &Ready) -> Sent {
        let Ok(_place) = self.places.acquire().await else {
            return Sent::Later("the mail pool is closed".to_owned());
        };
        let warm = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if let Some(connection) = warm
            && let Some(sent) = self.send_over(connection, message, true).await
        {
            return sent;
        }
        match timeout(self.settings.patience.to_std(), self.connect()).await {
            Err(_) => Sent::Silent("the mail server did not answer in time".to_owned()),
            Ok(Err(why)) => why,
            Ok(Ok(connection)) => {
                let sent = self.send_over(connection, message, false).await;
                sent.unwrap_or_else(|| Sent::Later("the connection broke".to_owned()))
            }
        }
    }

    /// Nothing when a warm connection turned out to be dead and the message can be tried on a new one.
    async fn send_over(&self, mut connection: AsyncSmtpConnection, message: &Ready, warm: bool) -> Option<Sent> {
        if let Some(why) = cannot_be_named(&connection, message) {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
            return Some(Sent::Refused(why));
        }
        let result = timeout(self.settings.patience.to_std(), connection.send(&message.envelope, &message.bytes)).await;
        let sent = match result {
            Err(_) => return Some(Sent::Silent("the mail server did not answer in time".to_owned())),
            Ok(Ok(response)) => {
                let lines: Vec<&str> = response.message().collect();
                Sent::Accepted(format!("{} {}", response.code(), lines.join(" ")))
            }
            Ok(Err(error)) if error.is_permanent() => Sent::Refused(words(&error)),
            Ok(Err(error)) if warm && error.status().is_none() => return None,
            Ok(Err(error)) => Sent::Later(words(&error)),
        };
        if !connection.has_broken() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
        Some(sent)
    }

    /// A new connection: TCP_NODELAY, TLS as configured, signed in.
    async fn connect(&self) -> Result<AsyncSmtpConnection, Sent> {
        let later = |e: &dyn std::fmt::Display| Sent::Later(format!("cannot reach the mail server: {e}"));
        let tcp = TcpStream::connect((self.settings.host.as_str(), self.settings.port)).await.map_err(|e| later(&e))?;
        tcp.set_nodelay(true).map_err(|e| later(&e))?;
        let stream: Box<dyn AsyncTokioStream> = match self.settings.security {
            SmtpSecurity::Tls => Box::new(Wrapped::open(tcp, &self.settings).await.map_err(|e| later(&e))?),
            SmtpSecurity::StartTls | SmtpSecurity::None => Box::new(tcp),
        };
        let mut connection =
            AsyncSmtpConnection::connect_with_transport(stream, &self.hello).await.map_err(|e| later(&e))?;
        if self.settings.security == SmtpSecurity::StartTls {
            let tls = tls_parameters(&self.settings).map_err(|e| later(&e))?;
            connection.starttls(tls, &self.hello).await.map_err(|e| later(&e))?;
        }
        if !self.settings.username.is_empty() {
            let credentials = Credentials::new(self.settings.username.clone(), self.settings.password.clone());
            connection.auth(DEFAULT_MECHANISMS, &credentials).await.map_err(|e| later(&e))?;
        }
        Ok(connection)
    }
}

/// What the server said, in one line.
fn words(error: &lettre::transport::smtp::Error) -> String {
    let status = error.status().map_or_else(String::new, |code| format!("{code} "));
    let cause = std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
    crate::domain::base::contact::one_line(&format!("{status}{cause}"), 500)
}

/// Why a server cannot be told the addresses of a message: letters outside ASCII before the `@` need SMTPUTF8 (RFC 6531).
/// No later try would go better.
fn cannot_be_named(connection: &AsyncSmtpConnection, message: &Ready) -> Option<String> {
    let offered = connection.server_info().supports_feature(Extension::SmtpUtfEight);
    let plain = message.envelope.from().into_iter().chain(message.envelope.to()).all(|address| {
        let text: &str = address.as_ref();
        text.is_ascii()
    });
    (!plain && !offered).then(|| {
        "not sent: the address has letters outside ASCII before the @, and the mail server does not offer SMTPUTF8 \
         (RFC 6531); use another address of the receiver, or a mail server that offers it"
            .to_owned()
    })
}

fn tls_parameters(settings: &Smtp) -> Result<TlsParameters, Box<dyn std::error::Error + Send + Sync>> {
    let mut builder = TlsParameters::builder(settings.host.clone());
    if let Some(path) = &settings.ca_file {
        builder = builder.add_root_certificate(Certificate::from_pem(&std::fs::read(path)?)?);
    }
    Ok(builder.build_rustls()?)
}

/// TLS over a socket we set up ourselves; the library's own way in does not set TCP_NODELAY.
#[derive(Debug)]
struct Wrapped(TlsStream<TcpStream>);

impl Wrapped {
    async fn open(tcp: TcpStream, settings: &Smtp) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
        let mut roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        if let Some(path) = &settings.ca_file {
            for certificate in CertificateDer::pem_file_iter(path)? {
                roots.add(certificate?)?;
            }
        }
        let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from(settings.host.clone())?;
        Ok(Self(TlsConnector::from(std::sync::Arc::new(config)).connect(name, tcp).await?))
    }
}

impl AsyncTokioStream for Wrapped {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.0.get_ref().0.peer_addr()
    }
}

impl AsyncRead for Wrapped {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for Wrapped {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, buf)
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
