//! A TCP proxy that cuts connections at a given byte, swallows them, or passes them on.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What happens to one connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It lives.
    Pass,
    /// It is reset after this many bytes from the device.
    CutUp(u64),
    /// It is reset after this many bytes from the server.
    CutDown(u64),
    /// Bytes are taken and none ever comes back.
    Swallow,
    /// What the server says comes in small pieces with this many milliseconds between them.
    Trickle(u64),
}

/// The proxy. Fates given in advance are used up one a connection; then connections pass.
pub struct FaultProxy {
    addr: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

struct Shared {
    target: Mutex<SocketAddr>,
    fates: Mutex<VecDeque<Fate>>,
    up: AtomicU64,
    connections: AtomicU64,
    trap: Mutex<Option<Trap>>,
}

/// What to do when so many bytes went up.
type Trap = (u64, Box<dyn FnOnce() + Send>);

impl Shared {
    fn went_up(&self, bytes: u64) {
        let total = self.up.fetch_add(bytes, Ordering::Relaxed) + bytes;
        let sprung = self.trap.lock().unwrap().take_if(|(at, _)| *at <= total);
        if let Some((_, act)) = sprung {
            act();
        }
    }
}

impl FaultProxy {
    /// Starts one in front of an address.
    pub async fn start(target: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            target: Mutex::new(target),
            fates: Mutex::default(),
            up: AtomicU64::new(0),
            connections: AtomicU64::new(0),
            trap: Mutex::default(),
        });
        let serving = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            while let Ok((device, _)) = listener.accept().await {
                serving.connections.fetch_add(1, Ordering::Relaxed);
                let fate = serving.fates.lock().unwrap().pop_front().unwrap_or(Fate::Pass);
                tokio::spawn(relay(device, Arc::clone(&serving), fate));
            }
        });
        Self { addr, shared, task }
    }

    /// Its address as a URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Another address behind it: the server was restarted.
    pub fn retarget(&self, target: SocketAddr) {
        *self.shared.target.lock().unwrap() = target;
    }

    /// The fates of the next connections.
    pub fn next(&self, fates: impl IntoIterator<Item = Fate>) {
        self.shared.fates.lock().unwrap().extend(fates);
    }

    /// Fates that were not used yet.
    #[must_use]
    pub fn left(&self) -> usize {
        self.shared.fates.lock().unwrap().len()
    }

    /// Bytes that devices sent so far.
    #[must_use]
    pub fn bytes_up(&self) -> u64 {
        self.shared.up.load(Ordering::Relaxed)
    }

    /// Does something as soon as devices have sent so many bytes more, when the last of them has just reached the server.
    pub fn after_bytes(&self, bytes: u64, act: impl FnOnce() + Send + 'static) {
        *self.shared.trap.lock().unwrap() = Some((self.bytes_up() + bytes, Box::new(act)));
    }

    /// Connections so far.
    #[must_use]
    pub fn connections(&self) -> u64 {
        self.shared.connections.load(Ordering::Relaxed)
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn relay(device: TcpStream, shared: Arc<Shared>, fate: Fate) {
    // A cut must be a reset, not an orderly end.
    let _ = device.set_zero_linger();
    let (mut from_device, mut to_device) = device.into_split();
    if fate == Fate::Swallow {
        let mut sink = [0; 16 * 1024];
        while from_device.read(&mut sink).await.is_ok_and(|n| n > 0) {}
        return;
    }
    let target = *shared.target.lock().unwrap();
    let Ok(server) = TcpStream::connect(target).await else { return };
    let (mut from_server, mut to_server) = server.into_split();
    let (most_up, most_down) = match fate {
        Fate::CutUp(bytes) => (bytes, u64::MAX),
        Fate::CutDown(bytes) => (u64::MAX, bytes),
        Fate::Pass | Fate::Swallow | Fate::Trickle(_) => (u64::MAX, u64::MAX),
    };
    let up = async {
        copy(&mut from_device, &mut to_server, most_up, |bytes| shared.went_up(bytes), None).await;
    };
    let pause = if let Fate::Trickle(ms) = fate { Some(Duration::from_millis(ms)) } else { None };
    let down = async {
        copy(&mut from_server, &mut to_device, most_down, |_| {}, pause).await;
    };
    // Either direction's end ends both: halves do not linger.
    tokio::select! { () = up => {}, () = down => {} }
}

async fn copy(
    from: &mut (impl AsyncRead + Unpin),
    to: &mut (impl AsyncWrite + Unpin),
    most: u64,
    count: impl Fn(u64),
    pause: Option<Duration>,
) {
    let mut left = most;
    let mut buffer = vec![0; if pause.is_some() { 64 } else { 16 * 1024 }];
    while left > 0 {
        let room = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let Ok(n @ 1..) = from.read(&mut buffer[..room]).await else { return };
        let written = to.write_all(&buffer[..n]).await;
        count(n as u64);
        if written.is_err() {
            return;
        }
        left -= n as u64;
        if let Some(pause) = pause {
            // The slow link itself, not a way to wait for something.
            tokio::time::sleep(pause).await;
        }
    }
}
