//! Takes the digest of a checkpoint out of the reach of whoever can change the database: signed, as a file and by mail.

use std::fs;
use std::path::Path;

use crate::actions::{ActionError, send_digest};
use crate::app::App;
use crate::domain::base::moment::Moment;
use crate::signing::CHECKPOINT;

/// What is signed of a checkpoint: its number and time, and its digest on a line of its own.
fn statement(id: i64, made: Moment, digest: &str) -> String {
    format!("safeharbor checkpoint {id} {}\n{digest}\n", made.iso())
}

/// Writes file and letter, where they are set.
pub(in crate::jobs) async fn publish(app: &App, id: i64, digest: &str, made: Moment) -> Result<(), ActionError> {
    let record = &app.config().record;
    let text = statement(id, made, digest);
    let signature = app.signer.sign(CHECKPOINT, text.as_bytes());
    if let Some(folder) = &record.digest_dir
        && let Err(error) = write(folder, id, &text, &signature)
    {
        app.metrics.job_failed("publish_digest");
        tracing::error!(%error, checkpoint = id, folder = %folder.display(), "the digest could not be written");
    }
    if record.digest_email.is_some() {
        let digest = digest.to_owned();
        app.write_quietly(move |tx| send_digest(tx, (id, &digest), &text, &signature)).await?;
        app.wake();
    }
    Ok(())
}

/// `checkpoint-000012.txt` and its signature beside it; the text last, so that it is never there without.
fn write(folder: &Path, id: i64, text: &str, signature: &str) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    let path = folder.join(format!("checkpoint-{id:06}.txt"));
    fs::write(path.with_extension("txt.sig"), signature)?;
    fs::write(path, text)
}
