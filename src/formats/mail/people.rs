//! Who wrote a mail: list servers and web forms put an address of their own in front of it.

use mail_parser::{Addr, Message, MessageParser};

use super::types::{Mail, Person};
use crate::domain::base::contact::{EmailAddress, one_line};

/// Addresses read of one header.
const MAX_PEOPLE: usize = 20;

impl Person {
    fn of(address: &Addr<'_>) -> Option<Self> {
        let name = one_line(address.name().unwrap_or_default(), 200);
        Some(Self { name, address: EmailAddress::parse(address.address()?)? })
    }
}

impl Mail {
    /// Who wrote it: `From`, or, where that is an address of our own that a list server or a web form put there, whoever
    /// stands in `Reply-To`, `X-Original-From`, `X-Original-Sender` or `Sender`. Nothing where only we stand there.
    pub fn writer(&self, is_own: impl Fn(&EmailAddress) -> bool) -> Option<Person> {
        let from = self.from.as_ref()?;
        if !is_own(from) {
            return Some(Person { name: self.from_name.clone(), address: from.clone() });
        }
        let is_ours = |p: &&Person| !is_own(&p.address);
        // What sends for a list or a form is at our own domain; that is not who wrote.
        let sends = self.sender.iter().filter(|p| !is_under(p.address.domain(), from.domain()));
        let mut all = self.reply_to.iter().chain(&self.original_from).chain(sends);
        let found = all.find(is_ours)?.clone();
        let name = if found.name.is_empty() { without_via(&self.from_name) } else { found.name };
        Some(Person { name, ..found })
    }

    /// Whom an answer goes to: `Reply-To` where it names somebody else than us (RFC 5322 section 3.6.2), otherwise whoever
    /// wrote it.
    pub fn answer_to(&self, is_own: impl Fn(&EmailAddress) -> bool) -> Option<Person> {
        let writer = self.writer(&is_own)?;
        let Some(asked) = self.reply_to.iter().find(|p| !is_own(&p.address)) else { return Some(writer) };
        let name = if writer.name.is_empty() { asked.name.clone() } else { writer.name };
        Some(Person { name, address: asked.address.clone() })
    }
}

fn is_under(domain: &str, of: &str) -> bool {
    domain.strip_suffix(of).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// List servers write `Joel Finch via Copyright`.
fn without_via(name: &str) -> String {
    let at = name.to_ascii_lowercase().rfind(" via ");
    at.map_or(name, |at| &name[..at]).trim_matches(['\'', '"', ' ']).to_owned()
}

pub(super) fn read(message: &Message<'_>, mail: &mut Mail) {
    let people = |list: Option<&mail_parser::Address<'_>>| -> Vec<Person> {
        list.into_iter().flat_map(mail_parser::Address::iter).take(MAX_PEOPLE).filter_map(Person::of).collect()
    };
    mail.reply_to = people(message.reply_to());
    mail.sender = people(message.sender());
    for name in ["X-Original-From", "X-Original-Sender"] {
        for (_, value) in message.headers_raw().filter(|(n, _)| n.eq_ignore_ascii_case(name)).take(2) {
            // The parser reads addresses in headers that it knows alone.
            let header = format!("From: {}\r\n\r\n", one_line(value, 500));
            let read = MessageParser::default().parse(header.as_bytes());
            mail.original_from.extend(people(read.as_ref().and_then(Message::from)));
        }
    }
    let senders = message.headers_raw().filter(|(n, _)| n.eq_ignore_ascii_case("From")).count();
    mail.one_sender = senders == 1 && message.from().is_some_and(|from| from.iter().count() == 1);
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;

    fn people(headers: &str) -> (String, String) {
        let mail = read(format!("{headers}\nSubject: x\n\nbody").as_bytes()).unwrap();
        let own = |a: &EmailAddress| a.plain() == "copyright@host.example";
        let shown = |p: Option<Person>| p.map_or_else(String::new, |p| format!("{} <{}>", p.name, p.address));
        (shown(mail.writer(own)), shown(mail.answer_to(own)))
    }

    #[test]
    fn the_writer_is_looked_for_where_lists_and_forms_put_him() {
        let joel = "Joel Finch <rights@holtfinch.example>";
        for headers in [
            format!("From: Joel Finch via Copyright <copyright@host.example>\nReply-To: {joel}"),
            "From: 'Joel Finch' via Copyright <copyright+x@HOST.example>\nReply-To: copyright@host.example, rights@holtfinch.example".to_owned(),
            format!("From: copyright@host.example\nX-Original-From: {joel}\nSender: list-bounces@host.example"),
            "From: Joel Finch via X <copyright@host.example>\nX-Original-Sender: rights@holtfinch.example\nReply-To: copyright@host.example".to_owned(),
            format!("From: copyright@host.example\nSender: {joel}"),
            format!("From: {joel}\nSender: somebody@else.example"),
        ] {
            assert_eq!(people(&headers), (joel.to_owned(), joel.to_owned()), "{headers}");
        }
        let form = "From: Web form <copyright@host.example>\nSender: www@web.host.example";
        assert_eq!(people(form), (String::new(), String::new()), "nobody else is named");
    }

    #[test]
    fn answers_go_to_reply_to() {
        let (writer, answer) =
            people("From: Notices <noreply@vendor.example>\nReply-To: Case 4711 <case-4711@vendor.example>");
        assert_eq!(
            (writer.as_str(), answer.as_str()),
            ("Notices <noreply@vendor.example>", "Notices <case-4711@vendor.example>")
        );
        let (_, own) = people("From: a@b.example\nReply-To: copyright@host.example");
        assert_eq!(own, " <a@b.example>", "not to ourselves");
    }
}
