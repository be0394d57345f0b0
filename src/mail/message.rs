//! From a stored letter to the bytes of a message (RFC 5322), the same bytes each time it is sent.

use lettre::address::Envelope;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{Address, Message};

use crate::domain::base::contact::{EmailAddress, one_line};
use crate::domain::base::moment::Moment;

/// What a message is made of.
#[derive(Clone, Debug)]
pub struct Outgoing<'a> {
    pub from_name: &'a str,
    pub from: &'a str,
    pub to_name: &'a str,
    pub to: &'a str,
    pub subject: &'a str,
    pub text: &'a str,
    pub html: &'a str,
    /// With angle brackets. A repeat after a crash carries the same one.
    pub message_id: &'a str,
    /// Message-IDs with angle brackets of what came before; the last one is what it answers.
    pub refers_to: &'a [String],
    pub date: Moment,
    /// Where replies and bounces should go, where mail is read: names the letter.
    pub reply_to: Option<&'a str>,
}

/// The message cannot be written: an address is unusable.
#[derive(Debug, thiserror::Error)]
#[error("cannot write the message: {0}")]
pub struct MessageError(String);

/// Envelope and bytes.
pub struct Ready {
    pub envelope: lettre::address::Envelope,
    pub bytes: Vec<u8>,
}

/// Writes the message.
pub fn write(out: &Outgoing<'_>) -> Result<Ready, MessageError> {
    let mailbox = |name: &str, address: &str| -> Result<Mailbox, MessageError> {
        let address = mail_address(address)?;
        let name = one_line(name, 200);
        Ok(Mailbox::new((!name.is_empty()).then_some(name), address))
    };
    let at = std::time::UNIX_EPOCH + std::time::Duration::from_micros(u64::try_from(out.date.0).unwrap_or(0));
    let mut builder = Message::builder();
    if let Some(reply_to) = out.reply_to {
        let (address, to) = (mail_address(reply_to)?, mail_address(out.to)?);
        let envelope = Envelope::new(Some(address.clone()), vec![to]).map_err(|e| MessageError(e.to_string()))?;
        builder = builder.reply_to(Mailbox::new(None, address)).envelope(envelope);
    }
    if let Some(answered) = out.refers_to.last() {
        builder = builder.in_reply_to(answered.clone()).references(out.refers_to.join(" "));
    }
    let message = builder
        .from(mailbox(out.from_name, out.from)?)
        .to(mailbox(out.to_name, out.to)?)
        .subject(one_line(out.subject, 300))
        .message_id(Some(out.message_id.to_owned()))
        .date(at)
        // RFC 3834: other machines must not answer.
        .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()))
        .multipart(MultiPart::alternative_plain_html(out.text.to_owned(), out.html.to_owned()))
        .map_err(|e| MessageError(e.to_string()))?;
    Ok(Ready { envelope: message.envelope().clone(), bytes: stable_boundary(&message.formatted(), out.message_id) })
}

/// An address as every server takes it: hosts of other alphabets in A-labels, in header and envelope alike.
fn mail_address(text: &str) -> Result<Address, MessageError> {
    let wire = EmailAddress::parse(text).map_or_else(|| text.to_owned(), |address| address.wire());
    wire.parse().map_err(|e| MessageError(format!("address: {e}")))
}

/// The library draws a random part boundary; a boundary made from the Message-ID gives the same bytes
/// every time, which also makes the `.eml` files of two runs comparable.
fn stable_boundary(bytes: &[u8], message_id: &str) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    let Some(at) = text.find("boundary=\"") else { return bytes.to_vec() };
    let rest = &text[at + 10..];
    let Some(boundary) = rest.find('"').map(|end| &rest[..end]) else { return bytes.to_vec() };
    let own: String = message_id.chars().filter(char::is_ascii_alphanumeric).take(60).collect();
    text.replace(boundary, &format!("part_{own}")).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn out<'a>(to_name: &'a str, subject: &'a str) -> Outgoing<'a> {
        Outgoing {
            from_name: "Northwind Hosting",
            from: "copyright@northwind.example",
            to_name,
            to: "owner@alder-photo.example",
            subject,
            text: "Grüße\n",
            html: "<p>Grüße</p>",
            message_id: "<abc.1@northwind.example>",
            refers_to: &[],
            date: Moment(1_700_000_000_000_000),
            reply_to: Some("copyright+abc@northwind.example"),
        }
    }

    #[test]
    fn the_same_letter_has_the_same_bytes() {
        let (a, b) = (write(&out("Rowan", "s")).unwrap(), write(&out("Rowan", "s")).unwrap());
        assert_eq!(a.bytes, b.bytes);
        let text = String::from_utf8(a.bytes).unwrap();
        assert!(text.contains("Reply-To: copyright+abc@northwind.example"), "{text}");
        assert_eq!(b.envelope.from().unwrap().to_string(), "copyright+abc@northwind.example");
        assert!(text.contains("Auto-Submitted: auto-generated"), "{text}");
        assert!(text.contains("Message-ID: <abc.1@northwind.example>"), "{text}");
    }

    #[test]
    fn it_names_what_it_answers() {
        let before = ["<one@host.example>".to_owned(), "<two@host.example>".to_owned()];
        let text =
            String::from_utf8(write(&Outgoing { refers_to: &before, ..out("Rowan", "s") }).unwrap().bytes).unwrap();
        assert!(text.contains("In-Reply-To: <two@host.example>\r\n"), "{text}");
        assert!(text.contains("References: <one@host.example> <two@host.example>\r\n"), "{text}");
        assert!(!String::from_utf8(write(&out("Rowan", "s")).unwrap().bytes).unwrap().contains("References"));
    }

    #[test]
    fn international_hosts_leave_in_a_labels() {
        let ready = write(&Outgoing { to: "info@bücher.example", ..out("Bücher", "s") }).unwrap();
        assert_eq!(ready.envelope.to()[0].to_string(), "info@xn--bcher-kva.example");
        let text = String::from_utf8(ready.bytes).unwrap();
        assert!(text.is_ascii() && text.contains("<info@xn--bcher-kva.example>"), "{text}");
        let local = write(&Outgoing { to: "jörg@bücher.example", ..out("Jörg", "s") }).unwrap();
        assert_eq!(local.envelope.to()[0].to_string(), "jörg@xn--bcher-kva.example");
    }

    #[test]
    fn a_name_cannot_add_a_header() {
        let text =
            String::from_utf8(write(&out("Rowan\r\nBcc: all@x.example", "a\r\nBcc: b@x.example")).unwrap().bytes)
                .unwrap();
        assert!(!text.lines().any(|l| l.starts_with("Bcc:")), "{text}");
    }
}
