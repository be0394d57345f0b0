//! Starting the web server: sizes, headers, graceful stop.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::{Compress, from_fn};
use actix_web::{App as Web, HttpRequest, HttpServer, web};
use tokio::task::JoinHandle;

use super::api::{self, ApiError};
use super::error::HttpError;
use super::guard::guard;
use super::limits::Limits;
use super::observe::log_request;
use super::routes;
use crate::app::App;

/// A server that listens; tests bind port 0 and ask for the address.
pub struct Bound {
    listener: TcpListener,
    app: App,
}

/// Binds the address of the configuration.
pub fn bind(app: App) -> io::Result<Bound> {
    let listener = TcpListener::bind(app.config().server.listen)?;
    Ok(Bound { listener, app })
}

impl Bound {
    /// Where it listens.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Starts to answer. The server stops by itself on SIGTERM and SIGINT, letting requests finish.
    pub fn run(self) -> io::Result<Server> {
        let threads = self.app.config().server.workers;
        self.answer(everything, threads, true)
    }

    /// Starts to answer those who watch the process, and nobody else.
    pub fn watch(self) -> io::Result<Watch> {
        let server = self.answer(|config, _| routes::watching(config), 1, false)?;
        Ok(Watch { handle: server.handle(), task: tokio::spawn(server) })
    }

    fn answer(self, routes: Routes, threads: usize, heeds_signals: bool) -> io::Result<Server> {
        let patience = self.app.config().server.patience.to_std();
        let limits = Limits::new(self.app.config());
        let app = self.app;
        let server = HttpServer::new(move || {
            let (max_body, max_message) = (app.config().intake.max_body, app.config().inbound.max_message);
            Web::new()
                .app_data(web::Data::new(app.clone()))
                .app_data(web::Data::new(limits.clone()))
                .app_data(web::PayloadConfig::new(max_body))
                .app_data(web::PathConfig::default().error_handler(|_, _| HttpError::NotFound.into()))
                .app_data(web::QueryConfig::default().error_handler(|_, _| HttpError::NotFound.into()))
                .wrap(Compress::default())
                .wrap(from_fn(guard))
                .wrap(from_fn(private_headers))
                .wrap(from_fn(log_request))
                .configure(|config| routes(config, max_message))
                .default_service(web::to(nothing_here))
        })
        .workers(threads)
        .shutdown_timeout(10)
        .client_request_timeout(patience)
        .keep_alive(KEEP_ALIVE)
        .listen(self.listener)?;
        Ok(if heeds_signals { server.run() } else { server.disable_signals().run() })
    }
}

/// How long a connection that asked before is kept for its next request: longer than proxies keep theirs (nginx a
/// minute), so that none of them sends a request into a connection that is just being closed.
const KEEP_ALIVE: Duration = Duration::from_secs(75);

/// A server for those who watch; it answers until it is stopped.
pub struct Watch {
    handle: ServerHandle,
    task: JoinHandle<io::Result<()>>,
}

impl Watch {
    /// Finishes what is being answered.
    pub async fn stop(self) {
        self.handle.stop(true).await;
        let _ = self.task.await;
    }
}

/// What is answered, and how large a mail may be.
type Routes = fn(&mut web::ServiceConfig, usize);

fn everything(config: &mut web::ServiceConfig, max_message: usize) {
    api::configure(config, max_message);
    routes::configure(config);
}

/// An address that does not exist: a page for people, a problem for programs.
async fn nothing_here(request: HttpRequest) -> Result<&'static str, actix_web::Error> {
    if request.path().starts_with("/api/") { Err(ApiError::NotFound.into()) } else { Err(HttpError::NotFound.into()) }
}

/// Headers of every answer that has none of its own: nothing from elsewhere is loaded, nothing is cached,
/// no address with a token is passed on.
const HEADERS: [(&str, &str); 7] = [
    (
        "content-security-policy",
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("cache-control", "no-store"),
    ("cross-origin-opener-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
];

/// Once seen over TLS, a browser comes back over TLS alone (RFC 6797).
const TLS_ONLY: (&str, &str) = ("strict-transport-security", "max-age=31536000");

async fn private_headers(
    request: actix_web::dev::ServiceRequest,
    next: actix_web::middleware::Next<impl actix_web::body::MessageBody + 'static>,
) -> Result<actix_web::dev::ServiceResponse<impl actix_web::body::MessageBody>, actix_web::Error> {
    let tls = request.app_data::<web::Data<App>>().is_some_and(|app| app.config().server.is_public_tls());
    let mut response = next.call(request).await?;
    for (name, value) in HEADERS.into_iter().chain(tls.then_some(TLS_ONLY)) {
        let name = HeaderName::from_static(name);
        if !response.headers().contains_key(&name) {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
    }
    Ok(response)
}
