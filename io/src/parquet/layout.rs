//! [`Layout`]: which files a location holds, and what their places in a `key=value` tree say.

use headwater_engine::{Error, ErrorKind, Result};
use object_store::ObjectMeta;
use object_store::path::Path;

use crate::store::Store;

/// What Hive and its heirs write where a partition value is null.
const NULL_PARTITION: &str = "__HIVE_DEFAULT_PARTITION__";

/// The files of a data set in order, and the keys of the directories above them.
#[derive(Debug)]
pub(super) struct Layout {
    /// The partition keys, outermost first; none for a single file or a flat directory.
    pub(super) keys: Vec<String>,
    /// In lexical order of their paths.
    pub(super) files: Vec<Listed>,
}

/// One file and the values of the partition keys that its path gives.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) path: Path,
    pub(super) size: u64,
    /// One for each key; `None` for null.
    pub(super) values: Vec<Option<String>>,
}

impl Layout {
    /// Lists a location: one file if it ends in `.parquet` and is one, else everything below it.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if nothing is there, [`ErrorKind::Format`] if the directories follow no rule.
    pub(super) async fn discover(store: &Store) -> Result<Self> {
        let root = store.root();
        if root.extension() == Some("parquet")
            && let Some(meta) = store.head(root).await?
        {
            let file = Listed { path: meta.location, size: meta.size, values: Vec::new() };
            return Ok(Layout { keys: Vec::new(), files: vec![file] });
        }
        let objects = store.list(root).await?;
        let seen = objects.len();
        let layout = Self::of(store, objects)?;
        if layout.files.is_empty() {
            let message = match seen {
                0 => "there is nothing here",
                _ => "there is no Parquet file here",
            };
            let help =
                "name a .parquet file or a directory of them; hidden files (. and _) and other suffixes do not count";
            return Err(Error::new(ErrorKind::Io, message).with_path(store.show(root)).with_help(help));
        }
        Ok(layout)
    }

    fn of(store: &Store, objects: Vec<ObjectMeta>) -> Result<Self> {
        let mut found = Vec::with_capacity(objects.len());
        for meta in objects {
            let parts: Vec<String> = match meta.location.prefix_match(store.root()) {
                Some(parts) => parts.map(|part| part.as_ref().to_owned()).collect(),
                None => continue,
            };
            let is_data = parts.last().is_some_and(|name| name.ends_with(".parquet"));
            if is_data && !parts.iter().any(|part| is_hidden(part)) {
                found.push((parts, meta));
            }
        }
        found.sort_by(|(a, _), (b, _)| a.cmp(b));
        let mut keys: Option<(Vec<String>, Path)> = None;
        let mut files = Vec::with_capacity(found.len());
        for (parts, meta) in found {
            let directories = &parts[..parts.len() - 1];
            let mut names = Vec::with_capacity(directories.len());
            let mut values = Vec::with_capacity(directories.len());
            for directory in directories {
                let (key, value) = directory.split_once('=').filter(|(key, _)| !key.is_empty()).ok_or_else(|| {
                    let message = format!("the directory {directory} is not of the form key=value");
                    let help = "open a directory that holds the files themselves or key=value directories only";
                    Error::new(ErrorKind::Format, message).with_path(store.show(&meta.location)).with_help(help)
                })?;
                names.push(decode(key));
                values.push(Some(decode(value)).filter(|value| !value.is_empty() && value != NULL_PARTITION));
            }
            match &keys {
                None => keys = Some((names, meta.location.clone())),
                Some((first, _)) if *first == names => {}
                Some((first, path)) => return Err(uneven(store, (first, path), (&names, &meta.location))),
            }
            files.push(Listed { path: meta.location, size: meta.size, values });
        }
        Ok(Layout { keys: keys.map_or_else(Vec::new, |(keys, _)| keys), files })
    }
}

/// Writers put what is no data, or no data yet, under names that begin with a dot or an underscore.
fn is_hidden(part: &str) -> bool {
    part.starts_with('.') || (part.starts_with('_') && !part.contains('='))
}

fn uneven(store: &Store, first: (&[String], &Path), other: (&[String], &Path)) -> Error {
    let show = |keys: &[String]| match keys {
        [] => "no key=value directory".to_owned(),
        keys => keys.join("/"),
    };
    let message =
        format!("the file lies under {}, but {} lies under {}", show(other.0), store.show(first.1), show(first.0));
    let help = "every file of a partitioned data set lies under the same keys in the same order";
    Error::new(ErrorKind::Format, message).with_path(store.show(other.1)).with_help(help)
}

/// Undoes percent-encoding; what is none stays as it is.
fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let digit = |offset: usize| bytes.get(at + offset).and_then(|&byte| char::from(byte).to_digit(16));
        match (bytes[at], digit(1), digit(2)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 3;
            }
            (byte, ..) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use object_store::ObjectStoreExt as _;
    use object_store::memory::InMemory;

    use super::*;

    fn layout(paths: &[&str]) -> Result<Layout> {
        let memory = Arc::new(InMemory::new());
        let store = Store::given(memory.clone(), "data")?;
        let paths: Vec<Path> = paths.iter().map(|path| Path::parse(path).unwrap()).collect();
        crate::runtime::wait(async move {
            for path in paths {
                memory.put(&path, "x".into()).await.unwrap();
            }
            Layout::discover(&store).await
        })?
    }

    fn values(layout: &Layout) -> Vec<Vec<Option<&str>>> {
        layout.files.iter().map(|file| file.values.iter().map(Option::as_deref).collect()).collect()
    }

    #[test]
    fn flat_directories_and_single_files() {
        let flat = layout(&["data/b.parquet", "data/a.parquet", "data/_SUCCESS", "data/.x.parquet", "data/notes.txt"]);
        let flat = flat.unwrap();
        assert_eq!(flat.keys, [""; 0]);
        assert_eq!(
            flat.files.iter().map(|file| file.path.as_ref()).collect::<Vec<_>>(),
            ["data/a.parquet", "data/b.parquet"]
        );
    }

    #[test]
    fn keys_values_and_nulls() {
        let nested = layout(&[
            "data/Year=2026/City=Den%20Haag/a.parquet",
            "data/Year=2025/City=__HIVE_DEFAULT_PARTITION__/a.parquet",
            "data/Year=/City=50%/a.parquet",
            "data/_temporary/Year=1/a.parquet",
        ])
        .unwrap();
        assert_eq!(nested.keys, ["Year", "City"]);
        let expect = [[None, Some("50%")], [Some("2025"), None], [Some("2026"), Some("Den Haag")]];
        assert_eq!(values(&nested), expect);
    }

    #[test]
    fn trees_without_a_rule_are_refused() {
        for (paths, text) in [
            (
                &["data/k=1/a.parquet", "data/b.parquet"][..],
                "lies under k, but data/b.parquet lies under no key=value directory",
            ),
            (
                &["data/k=1/a.parquet", "data/j=1/a.parquet"],
                "data/k=1/a.parquet: the file lies under k, but data/j=1/a.parquet lies under j",
            ),
            (&["data/k=1/a.parquet", "data/k=1/l=2/a.parquet"], "lies under k/l, but"),
            (&["data/plain/a.parquet"], "the directory plain is not of the form key=value"),
            (&["data/readme.txt"], "there is no Parquet file here"),
            (&["other/a.parquet"], "there is nothing here"),
        ] {
            let error = layout(paths).unwrap_err();
            assert!(error.to_string().contains(text), "{error}");
        }
    }
}
