//! A client of a Confluent-compatible schema registry, usable from any thread, also one that belongs to a runtime.
//!
//! Calls run on a thread of the client's own with a runtime of its own: blocking on or dropping a runtime in the
//! caller's context would panic under `#[tokio::main]`.

use std::collections::HashMap;
use std::fmt;
use std::sync::mpsc;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use headwater_engine::{Error, ErrorKind, Result};
use schema_registry_converter::async_impl::schema_registry::{
    SrSettings, get_schema_by_id, get_schema_by_subject_and_version, post_schema,
};
use schema_registry_converter::error::SRCError;
use schema_registry_converter::schema_registry_common::{RawError, RegisteredSchema, SchemaType, SuppliedSchema};

/// Where a schema registry is and how to log in. Credentials are never shown, also not in `Debug`.
#[derive(Clone)]
pub(crate) struct Address {
    url: String,
    login: Option<(String, String)>,
}

impl Address {
    /// The registry at `url`; a user and password in it are taken out of it.
    pub(crate) fn new(url: &str) -> Self {
        let url = url.trim_end_matches('/');
        let parts = url.split_once("://").and_then(|(scheme, rest)| {
            let end = rest.find('/').unwrap_or(rest.len());
            let (login, host) = rest[..end].rsplit_once('@')?;
            let (user, password) = login.split_once(':').unwrap_or((login, ""));
            Some((format!("{scheme}://{host}{}", &rest[end..]), user.to_owned(), password.to_owned()))
        });
        match parts {
            Some((url, user, password)) => Address { url, login: Some((user, password)) },
            None => Address { url: url.to_owned(), login: None },
        }
    }

    pub(crate) fn with_login(mut self, user: &str, password: &str) -> Self {
        self.login = Some((user.to_owned(), password.to_owned()));
        self
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({}{})", self.url, if self.login.is_some() { ", with a login" } else { "" })
    }
}

/// A schema as the registry knows it.
#[derive(Clone, Debug)]
pub(crate) struct Registered {
    pub(crate) id: u32,
    pub(crate) schema: Arc<str>,
}

enum Call {
    ById(u32),
    Latest { subject: String, version: Option<u32> },
    Register { subject: String, schema: String },
}

type Answer = Result<Registered, SRCError>;

/// A registry client. Schemas of an id never change, so each is asked for once. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Registry {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    url: String,
    timeout: Duration,
    calls: Mutex<mpsc::Sender<(Call, mpsc::Sender<Answer>)>>,
    by_id: Mutex<HashMap<u32, Arc<str>>>,
}

impl Registry {
    /// A client of the registry at `address`; nothing is sent yet. Each call gives up after `timeout`.
    pub(crate) fn new(address: &Address, timeout: Duration) -> Result<Self> {
        let mut settings = SrSettings::new_builder(address.url.clone());
        settings.set_timeout(timeout);
        if let Some((user, password)) = &address.login {
            settings.set_basic_authorization(user, Some(password));
        }
        let (calls, queue) = mpsc::channel::<(Call, mpsc::Sender<Answer>)>();
        let (started, start) = mpsc::channel();
        let work = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            // The client is made inside the runtime, where its background tasks will live.
            let ready = runtime.map_err(|error| error.to_string()).and_then(|runtime| {
                let _inside = runtime.enter();
                let settings = settings.build().map_err(|error| error.error)?;
                drop(_inside);
                Ok((runtime, settings))
            });
            match ready {
                Err(why) => drop(started.send(Err(why))),
                Ok((runtime, settings)) => {
                    let _ = started.send(Ok(()));
                    for (call, reply) in queue {
                        let _ = reply.send(runtime.block_on(perform(&settings, call)));
                    }
                }
            }
        };
        let unusable = |why: String| Error::new(ErrorKind::Argument, why).with_path(address.url.clone());
        let thread = std::thread::Builder::new().name("headwater-registry".to_owned()).spawn(work);
        thread.map_err(|error| unusable(format!("the schema registry client has no thread: {error}")))?;
        match start.recv() {
            Ok(Ok(())) => {}
            Ok(Err(why)) => return Err(unusable(format!("the schema registry client cannot be made: {why}"))),
            Err(_) => return Err(unusable("the schema registry client cannot be made".to_owned())),
        }
        let shared = Shared { url: address.url.clone(), timeout, calls: Mutex::new(calls), by_id: Mutex::default() };
        Ok(Registry { shared: Arc::new(shared) })
    }

    /// The schema of an id.
    ///
    /// # Errors
    /// [`ErrorKind::Unknown`] if the registry has none; [`ErrorKind::Unavailable`] (retriable) if it does not answer.
    pub(crate) fn by_id(&self, id: u32) -> Result<Arc<str>> {
        let cached = lock(&self.shared.by_id).get(&id).cloned();
        if let Some(schema) = cached {
            return Ok(schema);
        }
        let answer = self.call(Call::ById(id));
        let found = answer.map_err(|error| self.explain(&error, &format!("schema id {id}")))?;
        lock(&self.shared.by_id).insert(id, found.schema.clone());
        Ok(found.schema)
    }

    /// The schema of a subject: the newest version, or the one given.
    ///
    /// # Errors
    /// As [`Registry::by_id`].
    pub(crate) fn by_subject(&self, subject: &str, version: Option<u32>) -> Result<Registered> {
        let answer = self.call(Call::Latest { subject: subject.to_owned(), version });
        let found = answer.map_err(|error| match version {
            Some(version) => self.explain(&error, &format!("version {version} of subject {subject}")),
            None => self.explain(&error, &format!("subject {subject}")),
        })?;
        lock(&self.shared.by_id).insert(found.id, found.schema.clone());
        Ok(found)
    }

    /// Registers a schema under a subject, or finds it there, and gives its id.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] if the registry refuses it, as one that does not fit the earlier versions;
    /// [`ErrorKind::Unavailable`] (retriable) if it does not answer.
    pub(crate) fn register(&self, subject: &str, schema: &str) -> Result<u32> {
        let answer = self.call(Call::Register { subject: subject.to_owned(), schema: schema.to_owned() });
        answer.map(|found| found.id).map_err(|error| self.explain(&error, &format!("a schema for subject {subject}")))
    }

    fn call(&self, call: Call) -> Answer {
        let gone = || SRCError::new("the client's thread is gone", None, false);
        let (reply, answer) = mpsc::channel();
        lock(&self.shared.calls).send((call, reply)).map_err(|_| gone())?;
        answer.recv().map_err(|_| gone())?
    }

    fn explain(&self, error: &SRCError, what: &str) -> Error {
        let url = &self.shared.url;
        let refusal = std::error::Error::source(error).and_then(|cause| cause.downcast_ref::<RawError>());
        let status = refusal.map(|raw| (raw.error_code, raw.message.as_str()));
        let error = match status {
            Some((404 | 40401 | 40402 | 40403, _)) => {
                Error::new(ErrorKind::Unknown, format!("the schema registry has no {what}"))
            }
            Some((401 | 40101 | 403 | 40301, _)) => {
                Error::new(ErrorKind::Argument, format!("the schema registry refuses the login when asked for {what}"))
            }
            Some((code, message)) if !error.retriable => {
                let message = format!("the schema registry refuses {what}: {message} (code {code})");
                Error::new(ErrorKind::Argument, message)
            }
            _ if error.retriable => {
                let within = self.shared.timeout.as_secs_f64();
                let message = format!("the schema registry did not answer within {within} s when asked for {what}");
                Error::new(ErrorKind::Unavailable, message).retriable().with_source(error.clone())
            }
            _ => Error::new(ErrorKind::Io, format!("the schema registry gave no usable answer when asked for {what}"))
                .with_source(error.clone()),
        };
        error.with_path(url.clone())
    }
}

async fn perform(settings: &SrSettings, call: Call) -> Answer {
    let found = match call {
        Call::ById(id) => get_schema_by_id(id, settings).await?,
        Call::Latest { subject, version } => get_schema_by_subject_and_version(settings, &subject, version).await?,
        Call::Register { subject, schema } => {
            post_schema(settings, subject, SuppliedSchema::new(None, SchemaType::Avro, schema)).await?
        }
    };
    registered(found)
}

fn registered(found: RegisteredSchema) -> Answer {
    if found.schema_type != SchemaType::Avro {
        let message = format!("schema {} is of type {:?}, not Avro", found.id, found.schema_type);
        return Err(SRCError::new(&message, None, false));
    }
    if !found.references.is_empty() {
        let message = format!("schema {} refers to other schemas of the registry, which is not supported", found.id);
        return Err(SRCError::new(&message, None, false));
    }
    Ok(Registered { id: found.id, schema: found.schema.into() })
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_in_the_url_is_used_and_never_shown() {
        let address = Address::new("http://me:s3cr3t@registry.example:8081/base/");
        assert_eq!(address.url, "http://registry.example:8081/base");
        assert_eq!(address.login, Some(("me".to_owned(), "s3cr3t".to_owned())));
        assert_eq!(format!("{address:?}"), "Address(http://registry.example:8081/base, with a login)");
        let plain = Address::new("http://registry/a@b").with_login("u", "p");
        assert_eq!(format!("{plain:?}"), "Address(http://registry/a@b, with a login)");
    }
}
