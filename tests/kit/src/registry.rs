//! An in-process schema registry: as much of the Confluent protocol as clients of Avro topics use.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};

/// A schema registry on a free port of 127.0.0.1, with a thread and runtime of its own; dropping it stops it.
#[derive(Debug)]
pub struct Registry {
    state: Arc<State>,
    address: SocketAddr,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct State {
    schemas: Mutex<Schemas>,
    requests: AtomicUsize,
    down: AtomicBool,
}

#[derive(Debug, Default)]
struct Schemas {
    /// The schema of id `n + 1`.
    texts: Vec<String>,
    /// For each subject the ids of its versions, from version 1 on.
    subjects: HashMap<String, Vec<usize>>,
}

impl Registry {
    /// Starts a registry without schemas.
    ///
    /// # Panics
    /// If no port can be bound or no thread started: there is no test to run then.
    #[expect(clippy::unwrap_used, reason = "a test without its registry has nothing to go on with")]
    pub fn start() -> Registry {
        let state = Arc::new(State::default());
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let served = state.clone();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                tokio::select! {
                    () = serve(listener, served) => {}
                    _ = stopped => {}
                }
            });
        });
        Registry { state, address, stop: Some(stop), thread: Some(thread) }
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Registers a schema under a subject, as a new version unless it is there already; gives its id.
    pub fn register(&self, subject: &str, schema: &str) -> u32 {
        lock(&self.state.schemas).register(subject, schema) as u32
    }

    /// How many requests were answered so far.
    pub fn requests(&self) -> usize {
        self.state.requests.load(Ordering::Relaxed)
    }

    /// From now on all requests fail with 503, or are answered again.
    pub fn set_down(&self, down: bool) {
        self.state.down.store(down, Ordering::Relaxed);
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Schemas {
    fn register(&mut self, subject: &str, schema: &str) -> usize {
        let known = self.texts.iter().position(|text| text == schema);
        let id = known.unwrap_or_else(|| {
            self.texts.push(schema.to_owned());
            self.texts.len() - 1
        }) + 1;
        let versions = self.subjects.entry(subject.to_owned()).or_default();
        if !versions.contains(&id) {
            versions.push(id);
        }
        id
    }

    fn version(&self, subject: &str, version: &str) -> Option<Value> {
        let versions = self.subjects.get(subject)?;
        let number = if version == "latest" { versions.len() } else { version.parse().ok()? };
        let id = *versions.get(number.checked_sub(1)?)?;
        Some(json!({"subject": subject, "version": number, "id": id, "schema": self.texts[id - 1]}))
    }

    /// The answer to a request, or the code and text of an error.
    fn answer(&mut self, method: &Method, path: &str, body: &[u8]) -> Result<Value, (u32, &'static str)> {
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        match (method.as_str(), parts.as_slice()) {
            ("GET", ["schemas", "ids", id]) => {
                let id: usize = id.parse().map_err(|_| (40403, "Schema not found"))?;
                let text = id.checked_sub(1).and_then(|at| self.texts.get(at)).ok_or((40403, "Schema not found"))?;
                Ok(json!({"schema": text}))
            }
            ("GET", ["subjects"]) => Ok(json!(self.subjects.keys().collect::<Vec<_>>())),
            ("GET", ["subjects", subject, "versions", version]) => {
                let subject = subject.replace("%2F", "/");
                if !self.subjects.contains_key(&subject) {
                    return Err((40401, "Subject not found"));
                }
                self.version(&subject, version).ok_or((40402, "Version not found"))
            }
            ("POST", ["subjects", subject, "versions"]) => {
                let body: Value = serde_json::from_slice(body).map_err(|_| (42201, "Invalid schema"))?;
                let schema = body["schema"].as_str().ok_or((42201, "Invalid schema"))?;
                if apache_avro::Schema::parse_str(schema).is_err() {
                    return Err((42201, "Invalid schema"));
                }
                Ok(json!({"id": self.register(&subject.replace("%2F", "/"), schema)}))
            }
            _ => Err((404, "HTTP 404 Not Found")),
        }
    }
}

async fn serve(listener: tokio::net::TcpListener, state: Arc<State>) {
    while let Ok((stream, _)) = listener.accept().await {
        let state = state.clone();
        let service = hyper::service::service_fn(move |request| respond(request, state.clone()));
        let connection = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        // A client that hangs up ends its connection and nothing else.
        tokio::spawn(async move { drop(connection.await) });
    }
}

async fn respond(request: Request<Incoming>, state: Arc<State>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let body = request.into_body().collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    state.requests.fetch_add(1, Ordering::Relaxed);
    let answer = if state.down.load(Ordering::Relaxed) {
        Err((503, "the registry is down"))
    } else {
        lock(&state.schemas).answer(&method, &path, &body)
    };
    let (status, body) = match answer {
        Ok(body) => (StatusCode::OK, body),
        Err((code, message)) => {
            let status = if code < 1000 { code } else { code / 100 };
            let status = StatusCode::from_u16(status as u16).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, json!({"error_code": code, "message": message}))
        }
    };
    let mut response = Response::new(Full::new(Bytes::from(body.to_string())));
    *response.status_mut() = status;
    Ok(response)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
