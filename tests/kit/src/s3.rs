//! An S3 server in this process: a directory served on 127.0.0.1, with every request's signature checked.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::thread::JoinHandle;

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// The access key the server knows.
pub const ACCESS_KEY: &str = "HEADWATERTESTKEY";

/// Its secret: requests signed with another one are refused.
pub const SECRET_KEY: &str = "not-a-secret-outside-this-process";

/// A running server; dropping it stops it and removes what it held.
#[derive(Debug)]
pub struct S3Server {
    address: SocketAddr,
    root: TempDir,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl S3Server {
    /// Starts a server without buckets on a free port.
    ///
    /// # Errors
    /// What the operating system says about the port, the directory or the thread.
    pub fn start() -> io::Result<Self> {
        let root = TempDir::new()?;
        let files = s3s_fs::FileSystem::new(root.path()).map_err(|error| io::Error::other(format!("{error:?}")))?;
        let mut builder = S3ServiceBuilder::new(files);
        builder.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
        let service = builder.build();

        let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let thread = std::thread::Builder::new().name("s3-server".to_owned()).spawn(move || {
            runtime.block_on(async move {
                tokio::select! {
                    _ = stopped => {}
                    _ = serve(listener, service) => {}
                }
            });
        })?;
        Ok(S3Server { address, root, stop: Some(stop), thread: Some(thread) })
    }

    /// The endpoint's URL.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The directory behind a bucket, which is made if it is not there.
    ///
    /// # Errors
    /// What the operating system says about making it.
    pub fn bucket(&self, name: &str) -> io::Result<PathBuf> {
        let path = self.root.path().join(name);
        std::fs::create_dir_all(&path)?;
        Ok(path)
    }

    /// The options with which an S3 client reaches the server.
    pub fn options(&self) -> [(&'static str, String); 4] {
        [
            ("aws_endpoint", self.endpoint()),
            ("aws_region", "us-east-1".to_owned()),
            ("aws_access_key_id", ACCESS_KEY.to_owned()),
            ("aws_secret_access_key", SECRET_KEY.to_owned()),
        ]
    }
}

async fn serve(listener: std::net::TcpListener, service: S3Service) -> io::Result<()> {
    let listener = TcpListener::from_std(listener)?;
    loop {
        let (socket, _) = listener.accept().await?;
        let service = service.clone();
        tokio::spawn(async move {
            // A client that goes away in the middle of an answer is no concern of the server.
            let _ = Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(socket), service).await;
        });
    }
}

impl Drop for S3Server {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // The thread is gone already if serving failed.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
