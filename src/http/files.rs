//! Files of people are served as downloads only: nothing of theirs is ever shown by a browser on our site.

use actix_web::HttpResponse;
use actix_web::http::header::{Charset, ContentDisposition, DispositionParam, DispositionType, ExtendedValue};

/// A file to be saved.
pub(super) fn download(name: &str, media_type: &str, body: Vec<u8>) -> HttpResponse {
    let ascii: String = name.chars().map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '_' }).collect();
    let disposition = ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![
            DispositionParam::Filename(ascii),
            DispositionParam::FilenameExt(ExtendedValue {
                charset: Charset::Ext("UTF-8".to_owned()),
                language_tag: None,
                value: name.as_bytes().to_vec(),
            }),
        ],
    };
    HttpResponse::Ok()
        .content_type(media_type.to_owned())
        .insert_header(disposition)
        // Even if a browser opened it: no script, no frame, no request.
        .insert_header(("content-security-policy", "default-src 'none'; sandbox"))
        .body(body)
}
