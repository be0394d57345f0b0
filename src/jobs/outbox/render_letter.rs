//! From a queued letter to the bytes that are sent, and to the copy that is stored of them.

use sha2::{Digest, Sha256};

use crate::app::App;
use crate::domain::base::moment::Moment;
use crate::mail::letter::{ComposedLetter, Parts, RenderContext, Tokens};
use crate::mail::letters::compose;
use crate::mail::message::{Outgoing, Ready, write};
use crate::mail::transport::Sent;
use crate::storage::outbox::letters_to_send::QueuedLetter;
use crate::storage::outbox::sent_letters::{SentCopy, SentLetter};

/// A letter that can be sent.
pub(in crate::jobs) struct Rendered {
    /// The signed message, with the tokens of its links.
    pub ready: Ready,
    /// The same without them, to be stored once it was accepted.
    pub copy: SentCopy,
}

/// Renders a letter for an attempt that begins at a time; `running_deadline` is that of its case, where one runs.
pub(in crate::jobs) fn render(
    app: &App,
    queued: &QueuedLetter,
    sending_at: Moment,
    running_deadline: Option<Moment>,
) -> Result<Rendered, Sent> {
    let refused = |error: String| Sent::Refused(error);
    let context = RenderContext { running_deadline, ..RenderContext::new(app.config(), sending_at) };
    let data = queued.data.as_ref().ok_or_else(|| refused("the letter has no data to be written from".to_owned()))?;
    let composed =
        compose((&queued.row.kind, data.version), &data.json, &context).map_err(|e| refused(e.to_string()))?;
    let message = |tokens| {
        let parts = composed.parts(&context, tokens).map_err(|e| refused(e.to_string()))?;
        // An address that cannot be written will not become better.
        to_message(app, queued, &composed, &parts).map_err(refused)
    };
    let (plain, blanked) = (message(Tokens::Named(&queued.tokens))?, message(Tokens::Redacted)?);
    let unsigned = plain.bytes.len();
    let ready = app.transport.sign(plain).map_err(|error| Sent::Later(error.to_string()))?;
    // The signature stands in front of the message it signs.
    let signature = &ready.bytes[..ready.bytes.len() - unsigned];
    let sent = SentLetter {
        sent_at: sending_at,
        template_version: composed.template_version,
        digest: Sha256::digest(&ready.bytes).to_vec(),
        message: [signature, &blanked.bytes].concat(),
    };
    let copy = SentCopy::new(composed.subject, sent);
    Ok(Rendered { ready, copy })
}

fn to_message(app: &App, queued: &QueuedLetter, composed: &ComposedLetter, parts: &Parts) -> Result<Ready, String> {
    let letter = &queued.row;
    let config = app.config();
    let unique = letter.message_id.trim_start_matches('<').split('@').next().unwrap_or_default();
    let reply_to = config.inbound.reply_address.as_ref().map(|mailbox| mailbox.extended(unique).to_string());
    let outgoing = Outgoing {
        reply_to: reply_to.as_deref(),
        from_name: &format!("{} Copyright Agent", config.host.name),
        from: config.mail.from.as_str(),
        to_name: &letter.to_name,
        to: &letter.to_address,
        subject: &composed.subject,
        text: &parts.text,
        html: &parts.html,
        message_id: &letter.message_id,
        refers_to: &queued.thread,
        date: Moment(letter.created_at),
    };
    write(&outgoing).map_err(|error| error.to_string())
}
