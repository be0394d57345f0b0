//! How letters leave: SMTP, files in a folder, or memory in tests.

use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use super::dkim::{DkimError, Signer};
use super::message::Ready;
pub use super::sent::Sent;
use super::smtp::Pool;
use crate::config::{Mail, Smtp};

/// A transport, cheap to clone.
#[derive(Clone)]
pub struct Transport(Arc<Inner>);

struct Inner {
    way: Way,
    signer: Option<Signer>,
}

enum Way {
    Smtp(Pool),
    Folder {
        folder: PathBuf,
        /// A file counts as taken over by a server (`mail.files_are_delivery`).
        is_delivery: bool,
    },
    Memory(Mutex<Memory>),
}

/// Letters kept in memory, and answers that tests ask for.
#[derive(Default)]
pub struct Memory {
    /// Everything accepted.
    pub sent: Vec<StoredMessage>,
    /// Addresses whose letters are refused or put off, and the answer.
    pub answers: Vec<(String, Sent)>,
}

/// A letter kept in memory.
#[derive(Clone, Debug)]
pub struct StoredMessage {
    /// File name it would have in a folder.
    pub name: String,
    pub to: String,
    pub bytes: Vec<u8>,
}

impl Transport {
    /// The transport the configuration asks for; `folder` is used without a mail server.
    pub fn open(mail: &Mail, folder: PathBuf) -> Result<Self, DkimError> {
        let signer = mail.dkim.as_ref().map(|d| Signer::open(&d.key_file, &d.domain, &d.selector)).transpose()?;
        let way = match &mail.smtp {
            Some(smtp) => Way::Smtp(Pool::new(smtp.clone(), mail.from.domain())),
            None => Way::Folder { folder, is_delivery: mail.files_are_delivery },
        };
        Ok(Self(Arc::new(Inner { way, signer })))
    }

    /// A transport over one mail server, unsigned. `name` is how we introduce ourselves.
    pub fn smtp(settings: Smtp, name: &str) -> Self {
        Self(Arc::new(Inner { way: Way::Smtp(Pool::new(settings, name)), signer: None }))
    }

    /// A transport that keeps everything in memory, which counts as delivery: for tests and for the past of the demo.
    pub fn memory() -> Self {
        Self(Arc::new(Inner { way: Way::Memory(Mutex::default()), signer: None }))
    }

    /// Signs a message where a key is configured: the bytes that are sent.
    ///
    /// # Errors
    /// Where the key does not sign.
    pub fn sign(&self, ready: Ready) -> Result<Ready, DkimError> {
        match &self.0.signer {
            None => Ok(ready),
            Some(signer) => Ok(Ready { bytes: signer.sign(ready.bytes)?, envelope: ready.envelope }),
        }
    }

    /// Sends one message as it is. `name` is the file name where letters are stored as files.
    pub async fn send(&self, name: &str, ready: Ready) -> Sent {
        match &self.0.way {
            Way::Smtp(pool) => pool.send(&ready).await,
            Way::Folder { folder, is_delivery } => {
                store(folder.clone(), name.to_owned(), ready.bytes, *is_delivery).await
            }
            Way::Memory(memory) => remember(memory, name, ready),
        }
    }

    /// How many letters are worth sending at the same time.
    pub fn at_once(&self) -> usize {
        match &self.0.way {
            Way::Smtp(pool) => pool.connections(),
            Way::Folder { .. } | Way::Memory(_) => 16,
        }
    }

    /// What a memory transport holds; nothing for the others.
    pub fn with_memory<T>(&self, look: impl FnOnce(&mut Memory) -> T) -> Option<T> {
        match &self.0.way {
            Way::Memory(memory) => Some(look(&mut memory.lock().unwrap_or_else(PoisonError::into_inner))),
            _ => None,
        }
    }

    /// In words, for `doctor` and the outbox page.
    pub fn describe(&self) -> String {
        match &self.0.way {
            Way::Smtp(_) => "Letters are sent by SMTP".to_owned(),
            Way::Folder { folder, .. } => format!("Letters are saved as files in {}", folder.display()),
            Way::Memory(_) => "Letters are kept in memory".to_owned(),
        }
    }
}

/// Writes a letter as a file, complete or not at all.
async fn store(folder: PathBuf, name: String, bytes: Vec<u8>, is_delivery: bool) -> Sent {
    let written = tokio::task::spawn_blocking(move || -> std::io::Result<()> {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
        let whole = folder.join(format!("{name}.eml"));
        let part = folder.join(format!(".{name}.part"));
        std::fs::write(&part, bytes)?;
        std::fs::rename(part, whole)
    })
    .await;
    match written {
        Ok(Ok(())) if is_delivery => Sent::Accepted("Stored as a file, which counts as delivery here".to_owned()),
        Ok(Ok(())) => Sent::Stored("Stored as a file and sent to nobody: no mail server is configured".to_owned()),
        Ok(Err(error)) => Sent::Later(error.to_string()),
        Err(error) => Sent::Later(error.to_string()),
    }
}

fn remember(memory: &Mutex<Memory>, name: &str, ready: Ready) -> Sent {
    let mut memory = memory.lock().unwrap_or_else(PoisonError::into_inner);
    let to = ready.envelope.to().first().map(ToString::to_string).unwrap_or_default();
    if let Some((_, answer)) = memory.answers.iter().find(|(address, _)| *address == to) {
        return answer.clone();
    }
    memory.sent.push(StoredMessage { name: name.to_owned(), to, bytes: ready.bytes });
    Sent::Accepted("250 saved to file".to_owned())
}
