//! What consumers and producers share: librdkafka's configuration, and its errors in our words.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use headwater_engine::{Error, ErrorKind, Result};
use rdkafka::config::{ClientConfig, FromClientConfigAndContext};
use rdkafka::error::KafkaError;
use rdkafka::types::RDKafkaErrorCode as Code;

/// How long opening a topic may take unless the caller says otherwise.
pub(super) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

/// The caller's librdkafka properties. Values may be secrets: they are in no message and no `Debug` output.
#[derive(Clone, Default)]
pub(super) struct Properties(BTreeMap<String, String>);

impl std::fmt::Debug for Properties {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Properties {
    pub(super) fn set(&mut self, name: String, value: String) {
        self.0.insert(name, value);
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// `bootstrap.servers`, for messages.
    pub(super) fn servers(&self) -> &str {
        self.0.get("bootstrap.servers").map_or("", String::as_str)
    }

    /// A client of these properties, over `defaults` and under `fixed`.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] if there is no `bootstrap.servers`, if librdkafka refuses a property, or if one is
    /// given that is `fixed`; the third part of a fixed one says what to use instead.
    pub(super) fn create<X, C>(&self, defaults: &[(&str, &str)], fixed: &[(&str, &str, &str)], context: X) -> Result<C>
    where
        C: FromClientConfigAndContext<X>,
        X: rdkafka::ClientContext,
    {
        if self.servers().is_empty() {
            return Err(Error::new(ErrorKind::Argument, "the property bootstrap.servers is not set")
                .with_help("give it as in .property(\"bootstrap.servers\", \"host:9092\")"));
        }
        let mut config = ClientConfig::new();
        for (name, value) in defaults {
            config.set(*name, *value);
        }
        for (name, value) in &self.0 {
            if let Some((_, _, instead)) = fixed.iter().find(|(fixed, ..)| fixed == name) {
                let message = format!("the property {name} is not the caller's to set");
                return Err(Error::new(ErrorKind::Argument, message).with_help(*instead));
            }
            config.set(name, value);
        }
        for (name, value, _) in fixed {
            config.set(*name, *value);
        }
        config.create_with_context(context).map_err(|error| match error {
            KafkaError::ClientConfig(_, why, name, value) => {
                // The reason may quote the value, which may be a secret.
                let why = if value.is_empty() { why } else { why.replace(&value, "...") };
                Error::new(ErrorKind::Argument, format!("librdkafka refuses the property {name}: {why}"))
            }
            KafkaError::ClientCreation(why) => {
                Error::new(ErrorKind::Argument, format!("librdkafka refuses the properties: {why}"))
            }
            other => Error::new(ErrorKind::Argument, "librdkafka refuses the properties").with_source(other),
        })
    }
}

/// The last thing librdkafka complained of: the reason behind a time-out.
#[derive(Debug, Default)]
pub(super) struct Complaint(Mutex<Option<String>>);

impl Complaint {
    pub(super) fn note(&self, error: &KafkaError, reason: &str) {
        // That all brokers are down is what everybody sees; why is what the complaints before it say.
        if error.rdkafka_error_code() != Some(Code::AllBrokersDown) {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason.to_owned());
        }
    }

    pub(super) fn last(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// An error of the first call to the brokers.
pub(super) fn unreachable(error: KafkaError, complaint: Option<String>, servers: &str, timeout: Duration) -> Error {
    let message = match error.rdkafka_error_code() {
        Some(Code::BrokerTransportFailure | Code::OperationTimedOut | Code::AllBrokersDown | Code::Resolve) | None => {
            format!("no broker of {servers} answered within {} s", timeout.as_secs_f64())
        }
        Some(_) => format!("the brokers of {servers} refuse the request"),
    };
    let message = match complaint {
        Some(complaint) => format!("{message}: {complaint}"),
        None => message,
    };
    Error::new(ErrorKind::Unavailable, message).retriable().with_source(error)
}
