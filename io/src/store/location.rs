//! From what a user writes to a store: a path, a `file:` or an `s3:` URL.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use headwater_engine::{Error, ErrorKind, Result};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use url::Url;

use super::Store;

/// Settings of one table's store by name, over those of the environment. `Debug` shows the names only:
/// values may be credentials.
#[derive(Clone, Default)]
pub(crate) struct Options(BTreeMap<String, String>);

impl Options {
    pub(crate) fn set(&mut self, name: String, value: String) {
        self.0.insert(name.to_ascii_lowercase(), value);
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Store {
    /// The store and place that `location` names: a path of this computer or a URL.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] for a location that cannot be read or settings that do not fit,
    /// [`ErrorKind::Unsupported`] for a scheme there is no support for.
    pub(crate) fn open(location: &str, options: &Options) -> Result<Self> {
        match location.split_once("://") {
            None => local(location, options),
            Some(("file", _)) => {
                let path = url(location)?.to_file_path().map_err(|()| {
                    Error::new(ErrorKind::Argument, "a file URL names no path of this computer").with_path(location)
                })?;
                local(&path.to_string_lossy(), options)
            }
            Some(("s3" | "s3a", _)) => s3(location, options),
            Some((scheme, _)) => {
                let message = format!("there is no support for locations of the form {scheme}://");
                let help = "paths, file:// and s3:// work; for another store build it and give it with .store(..)";
                Err(Error::new(ErrorKind::Unsupported, message).with_path(location).with_help(help))
            }
        }
    }
}

fn url(location: &str) -> Result<Url> {
    Url::parse(location)
        .map_err(|error| Error::new(ErrorKind::Argument, format!("not a URL: {error}")).with_path(location))
}

fn local(path: &str, options: &Options) -> Result<Store> {
    if let Some(name) = options.0.keys().next() {
        let message = format!("a path of this computer takes no option {name}");
        return Err(Error::new(ErrorKind::Argument, message).with_path(path));
    }
    let argument = |error: &dyn fmt::Display| Error::new(ErrorKind::Argument, error.to_string()).with_path(path);
    let absolute = std::path::absolute(path).map_err(|error| argument(&error))?;
    let root = Path::from_absolute_path(&absolute).map_err(|error| argument(&error))?;
    Ok(Store { inner: Arc::new(LocalFileSystem::new()), root, shown: "/".into() })
}

#[cfg(not(feature = "s3"))]
fn s3(location: &str, _: &Options) -> Result<Store> {
    let message = "this build of Headwater reads no s3:// locations";
    Err(Error::new(ErrorKind::Unsupported, message).with_path(location).with_help("turn on the feature s3"))
}

/// Settings come from the standard variables of the environment, and over them from `options`.
#[cfg(feature = "s3")]
fn s3(location: &str, options: &Options) -> Result<Store> {
    use std::time::Duration;

    use object_store::RetryConfig;
    use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};

    let url = url(location)?;
    let Some(bucket) = url.host_str().filter(|bucket| !bucket.is_empty()) else {
        let error = Error::new(ErrorKind::Argument, "the location names no bucket").with_path(location);
        return Err(error.with_help("write s3://bucket/path"));
    };
    let mut builder = AmazonS3Builder::from_env().with_bucket_name(bucket);
    for (name, value) in &options.0 {
        let key: AmazonS3ConfigKey = name.parse().map_err(|_| {
            let help = "such as aws_access_key_id, aws_secret_access_key, aws_region, aws_endpoint, aws_allow_http";
            let message = format!("an S3 store has no option {name}");
            Error::new(ErrorKind::Argument, message).with_path(location).with_help(help)
        })?;
        builder = builder.with_config(key, value);
    }
    // A minute of silence is too long for somebody who waits for rows; a short outage is still ridden out.
    let patience = RetryConfig { max_retries: 5, retry_timeout: Duration::from_secs(20), ..RetryConfig::default() };
    let endpoint = builder.get_config_value(&AmazonS3ConfigKey::Endpoint);
    if endpoint.is_some_and(|endpoint| is_loopback(&endpoint)) {
        builder = builder.with_allow_http(true);
    }
    let store =
        builder.with_retry(patience).build().map_err(|error| super::error::translate(error).with_path(location))?;
    // The URL's path is percent-encoded; a store's path is not.
    let root = Path::from_url_path(url.path())
        .map_err(|error| Error::new(ErrorKind::Argument, error.to_string()).with_path(location))?;
    Ok(Store { inner: Arc::new(store), root, shown: format!("{}://{bucket}/", url.scheme()).into() })
}

/// Whether an endpoint cannot leave this computer, so that plain HTTP needs no permission of its own.
#[cfg(feature = "s3")]
fn is_loopback(endpoint: &str) -> bool {
    let Ok(url) = Url::parse(endpoint) else { return false };
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
