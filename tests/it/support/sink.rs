use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How a mail server behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manners {
    Good,
    /// Takes its time with the last answer.
    Slow(Duration),
    /// Takes connections and never says a word.
    Mute,
    /// Reads the letter and never answers.
    Hangs,
    /// Breaks the connection where the answer should come.
    Drops,
    /// Puts every receiver off once (greylisting).
    Greylists,
    /// Is overloaded.
    Busy,
}

struct Inner {
    manners: Mutex<Manners>,
    connections: Mutex<usize>,
    messages: Mutex<Vec<String>>,
    seen: Mutex<BTreeSet<String>>,
}

/// A mail server on loopback with bad manners. `gone@` is refused for good and `later@` put off, whatever they are.
#[derive(Clone)]
pub struct Sink {
    pub port: u16,
    inner: Arc<Inner>,
}

impl Sink {
    /// Listens until the test ends.
    pub fn start(manners: Manners) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let inner = Arc::new(Inner {
            manners: Mutex::new(manners),
            connections: Mutex::default(),
            messages: Mutex::default(),
            seen: Mutex::default(),
        });
        let serving = Arc::clone(&inner);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                *serving.connections.lock().unwrap() += 1;
                let inner = Arc::clone(&serving);
                // A client that goes away ends its conversation, nothing else.
                std::thread::spawn(move || inner.talk(&stream));
            }
        });
        Self { port, inner }
    }

    /// From now on.
    pub fn behave(&self, manners: Manners) {
        *self.inner.manners.lock().unwrap() = manners;
    }
    pub fn connections(&self) -> usize {
        *self.inner.connections.lock().unwrap()
    }
    /// What it took over, in the order it came.
    pub fn messages(&self) -> Vec<String> {
        self.inner.messages.lock().unwrap().clone()
    }
    /// The settings that make a process send to it.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("SAFEHARBOR_MAIL__SMTP_HOST", "127.0.0.1".to_owned()),
            ("SAFEHARBOR_MAIL__SMTP_PORT", self.port.to_string()),
            ("SAFEHARBOR_MAIL__SMTP_SECURITY", "none".to_owned()),
        ]
    }
}

/// Longer than any client waits.
const FOREVER: Duration = Duration::from_mins(10);

impl Inner {
    fn manners(&self) -> Manners {
        *self.manners.lock().unwrap()
    }

    fn talk(&self, stream: &TcpStream) -> std::io::Result<()> {
        let mut reader = BufReader::new(stream.try_clone()?);
        let mut writer = stream;
        match self.manners() {
            Manners::Mute => std::thread::sleep(FOREVER),
            Manners::Busy => return writer.write_all(b"421 4.3.2 too busy\r\n"),
            _ => writer.write_all(b"220 sink ESMTP\r\n")?,
        }
        let mut line = String::new();
        while reader.read_line(&mut line)? > 0 {
            let command = line.to_ascii_uppercase();
            if command.starts_with("QUIT") {
                return writer.write_all(b"221 bye\r\n");
            } else if command.starts_with("DATA") {
                writer.write_all(b"354 go on\r\n")?;
                let letter = read_letter(&mut reader)?;
                if !self.take(letter) {
                    return Ok(());
                }
                writer.write_all(b"250 2.0.0 queued\r\n")?;
            } else {
                writer.write_all(self.answer(&command))?;
            }
            line.clear();
        }
        Ok(())
    }

    fn answer(&self, command: &str) -> &'static [u8] {
        if command.starts_with("EHLO") {
            b"250-sink\r\n250 8BITMIME\r\n"
        } else if command.contains("<GONE@") {
            b"550 5.1.1 no such user\r\n"
        } else if command.contains("<LATER@") {
            b"451 4.2.2 mailbox full\r\n"
        } else if command.starts_with("RCPT")
            && self.manners() == Manners::Greylists
            && self.seen.lock().unwrap().insert(command.to_owned())
        {
            b"451 4.7.1 greylisted\r\n"
        } else {
            b"250 ok\r\n"
        }
    }

    /// Whether the letter is taken over and said so.
    fn take(&self, letter: String) -> bool {
        match self.manners() {
            Manners::Drops => return false,
            Manners::Hangs => {
                std::thread::sleep(FOREVER);
                return false;
            }
            Manners::Slow(time) => std::thread::sleep(time),
            _ => {}
        }
        self.messages.lock().unwrap().push(letter);
        true
    }
}

fn read_letter(reader: &mut impl BufRead) -> std::io::Result<String> {
    let mut letter = Vec::new();
    while !letter.ends_with(b"\r\n.\r\n") {
        if reader.read_until(b'\n', &mut letter)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(String::from_utf8_lossy(&letter).into_owned())
}
