//! From an object store's errors to ours: what failed, whether to try again, and no credential in the text.

use headwater_engine::{Error, ErrorKind};

/// The error without its place, which the caller adds.
pub(super) fn translate(error: object_store::Error) -> Error {
    use object_store::Error as Store;
    match &error {
        Store::NotFound { .. } => {
            let help = "it was there when the directory was listed: open the table again";
            Error::new(ErrorKind::Io, "there is no such file").with_help(help)
        }
        Store::PermissionDenied { source, .. } | Store::Unauthenticated { source, .. } => {
            refused(answer_code(&source.to_string()))
        }
        Store::UnknownConfigurationKey { .. } | Store::InvalidPath { .. } => {
            Error::new(ErrorKind::Argument, error.to_string())
        }
        _ if is_unreachable(&error) => {
            let help = "check the endpoint and the network; the call may simply be tried again";
            let reached = Error::new(ErrorKind::Unavailable, "the store does not answer").with_help(help);
            reached.with_source(error).retriable()
        }
        _ => match answer_code(&said(&error)) {
            Some(code @ ("SignatureDoesNotMatch" | "AccessDenied" | "InvalidAccessKeyId")) => refused(Some(code)),
            Some(code) => Error::new(ErrorKind::Io, format!("the store answered {code}")),
            None => Error::new(ErrorKind::Io, "reading from the store failed").with_source(error),
        },
    }
}

/// The answer of the service may quote the key id and the signature: only its code is passed on.
fn refused(code: Option<&str>) -> Error {
    let reason = code.map_or(String::new(), |code| format!(" ({code})"));
    let help = "check the access key, its secret and what they may read";
    Error::new(ErrorKind::Io, format!("access was refused{reason}")).with_help(help)
}

/// What an error and its causes say.
fn said(error: &object_store::Error) -> String {
    let causes = std::iter::successors(std::error::Error::source(error), |&cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

/// The `<Code>` of an S3 answer quoted in an error's text.
fn answer_code(text: &str) -> Option<&str> {
    let code = text.split_once("<Code>")?.1.split_once("</Code>")?.0;
    code.chars().all(|c| c.is_ascii_alphanumeric()).then_some(code)
}

#[cfg(feature = "s3")]
fn is_unreachable(error: &object_store::Error) -> bool {
    use object_store::client::{HttpError, HttpErrorKind};
    std::iter::successors(std::error::Error::source(error), |&cause| cause.source())
        .filter_map(|cause| cause.downcast_ref::<HttpError>())
        .any(|http| matches!(http.kind(), HttpErrorKind::Connect | HttpErrorKind::Timeout))
}

#[cfg(not(feature = "s3"))]
fn is_unreachable(_: &object_store::Error) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_tells_the_code_and_nothing_else() {
        let source =
            "403: <Error><Code>SignatureDoesNotMatch</Code><AWSAccessKeyId>AKIDSECRET</AWSAccessKeyId></Error>";
        let error = translate(object_store::Error::PermissionDenied { path: "a".into(), source: source.into() });
        let text = format!("{error:#}");
        assert!(text.contains("access was refused (SignatureDoesNotMatch)"), "{text}");
        assert!(!text.contains("AKIDSECRET"), "{text}");
    }
}
