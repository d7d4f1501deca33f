//! A remote that drops before and after, doubles, and repeats old requests and answers.

use crate::Seed;
use davy_core::id::BlobId;
use davy_protocol::message::{HelloRequest, HelloResponse, PullRequest, PullResponse, PushResponse};
use davy_sync::remote::{Answer, Prover, Token, UploadRequest, UploadState};
use davy_sync::{ErrorKind, Remote, RemoteError};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What happens to one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// It never reaches the server.
    DropBefore,
    /// The server carries it out; the answer is lost.
    DropAfter,
    /// The server gets it twice.
    Double,
    /// An older request of the same kind arrives once more before it.
    Replay,
    /// The answer to an older request arrives in place of the right one.
    StaleAnswer,
    /// It is held up so long that the device gives up, and arrives after the next one of its kind.
    Late,
}

/// A request that a device made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    /// Events.
    Push,
    /// The opening of an upload.
    Open(BlobId),
    /// Anything else.
    Other,
}

/// Which faults happen: those given, then by chance.
#[derive(Clone)]
pub struct Faults {
    planned: Arc<Mutex<VecDeque<Fault>>>,
    seed: Seed,
    percent: Arc<AtomicU64>,
    offline: Arc<Mutex<bool>>,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl Faults {
    /// No faults so far.
    #[must_use]
    pub fn new(seed: Seed) -> Self {
        Self { planned: Arc::default(), seed, percent: Arc::default(), offline: Arc::default(), calls: Arc::default() }
    }

    /// The faults of the next requests.
    pub fn next(&self, faults: impl IntoIterator<Item = Fault>) {
        self.planned.lock().unwrap().extend(faults);
    }

    /// This many of a hundred requests fail by chance.
    pub fn by_chance(&self, percent: u64) {
        self.percent.store(percent, Ordering::Relaxed);
    }

    /// Takes the network away, or gives it back.
    pub fn set_offline(&self, offline: bool) {
        *self.offline.lock().unwrap() = offline;
    }

    /// Requests so far, those that never arrived included.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.calls.lock().unwrap().len() as u64
    }

    /// The requests themselves, in order.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }

    fn draw(&self, call: Call) -> Result<Fault, RemoteError> {
        self.calls.lock().unwrap().push(call);
        if *self.offline.lock().unwrap() {
            return Err(RemoteError::new(ErrorKind::NoRoute, "no network, by the test"));
        }
        if let Some(planned) = self.planned.lock().unwrap().pop_front() {
            return Ok(planned);
        }
        if !self.seed.percent(self.percent.load(Ordering::Relaxed)) {
            return Ok(Fault::None);
        }
        let kinds = [Fault::DropBefore, Fault::DropAfter, Fault::Double, Fault::Replay, Fault::StaleAnswer, Fault::Late];
        Ok(kinds[usize::try_from(self.seed.below(kinds.len() as u64)).unwrap()])
    }
}

fn lost(what: &str) -> RemoteError {
    RemoteError::new(ErrorKind::Interrupted, format!("{what} was lost, by the test"))
}

/// A remote with faults.
pub struct Faulty<R> {
    inner: R,
    faults: Faults,
    old_pushes: Mutex<VecDeque<Vec<Vec<u8>>>>,
    old_pages: Mutex<VecDeque<PullResponse>>,
    old_chunks: Mutex<VecDeque<Chunk>>,
    late_push: Mutex<Option<Vec<Vec<u8>>>>,
    late_chunk: Mutex<Option<Chunk>>,
}

/// Address, offset, bytes.
type Chunk = (String, u64, Vec<u8>);

const KEPT: usize = 8;

fn keep<T>(list: &Mutex<VecDeque<T>>, item: T) {
    let mut list = list.lock().unwrap();
    list.push_back(item);
    if list.len() > KEPT {
        list.pop_front();
    }
}

impl<R: Remote> Faulty<R> {
    /// Wraps a remote.
    pub fn new(inner: R, faults: Faults) -> Self {
        Self {
            inner,
            faults,
            old_pushes: Mutex::default(),
            old_pages: Mutex::default(),
            old_chunks: Mutex::default(),
            late_push: Mutex::default(),
            late_chunk: Mutex::default(),
        }
    }

    fn any<T: Clone>(&self, list: &Mutex<VecDeque<T>>) -> Option<T> {
        let list = list.lock().unwrap();
        let index = usize::try_from(self.faults.seed.below(list.len() as u64)).unwrap();
        list.get(index).cloned()
    }

    /// Requests that repeat nothing old: dropped or doubled.
    async fn simply<T, F: Future<Output = Answer<T>> + Send>(
        &self,
        call: Call,
        what: &str,
        send: impl Fn() -> F + Send + Sync,
    ) -> Answer<T> {
        match self.faults.draw(call)? {
            Fault::DropBefore => Err(lost(what)),
            Fault::DropAfter | Fault::Late => send().await.and_then(|_| Err(lost("the answer"))),
            Fault::Double | Fault::Replay => {
                let _ = send().await;
                send().await
            }
            Fault::None | Fault::StaleAnswer => send().await,
        }
    }

    async fn faulty_push(&self, fault: Fault, token: &Token, segments: &[Vec<u8>]) -> Answer<PushResponse> {
        keep(&self.old_pushes, segments.to_vec());
        let old = self.any(&self.old_pushes).unwrap();
        match fault {
            Fault::DropBefore => Err(lost("a push")),
            Fault::DropAfter => self.inner.push(token, segments).await.and_then(|_| Err(lost("a receipt"))),
            Fault::Double => {
                let _ = self.inner.push(token, segments).await;
                self.inner.push(token, segments).await
            }
            Fault::Replay => {
                let _ = self.inner.push(token, &old).await;
                self.inner.push(token, segments).await
            }
            Fault::StaleAnswer => {
                // The receipt of an older push in place of the one for this push.
                let _ = self.inner.push(token, segments).await;
                self.inner.push(token, &old).await
            }
            Fault::Late => {
                *self.late_push.lock().unwrap() = Some(segments.to_vec());
                Err(lost("a push"))
            }
            Fault::None => self.inner.push(token, segments).await,
        }
    }

    async fn faulty_patch(&self, fault: Fault, token: &Token, chunk: Chunk) -> Answer<UploadState> {
        keep(&self.old_chunks, chunk.clone());
        let old = self.any(&self.old_chunks).unwrap();
        let send = |(url, offset, bytes): Chunk| async move { self.inner.upload_patch(token, &url, offset, bytes).await };
        match fault {
            Fault::DropBefore => Err(lost("a chunk")),
            Fault::DropAfter => send(chunk).await.and_then(|_| Err(lost("an offset"))),
            Fault::Double => {
                let _ = send(chunk.clone()).await;
                send(chunk).await
            }
            Fault::Replay | Fault::StaleAnswer => {
                let _ = send(old).await;
                send(chunk).await
            }
            Fault::Late => {
                *self.late_chunk.lock().unwrap() = Some(chunk);
                Err(lost("a chunk"))
            }
            Fault::None => send(chunk).await,
        }
    }
}

impl<R: Remote> Remote for Faulty<R> {
    async fn token(&self, prover: &Prover) -> Answer<(Token, Duration)> {
        self.simply(Call::Other, "the proof", || self.inner.token(prover)).await
    }

    async fn hello(&self, token: &Token, request: &HelloRequest) -> Answer<HelloResponse> {
        self.simply(Call::Other, "hello", || self.inner.hello(token, request)).await
    }

    async fn push(&self, token: &Token, segments: &[Vec<u8>]) -> Answer<PushResponse> {
        let fault = self.faults.draw(Call::Push)?;
        let late = self.late_push.lock().unwrap().take();
        let answer = self.faulty_push(fault, token, segments).await;
        if let Some(late) = late {
            let _ = self.inner.push(token, &late).await;
        }
        answer
    }

    async fn pull(&self, token: &Token, request: &PullRequest) -> Answer<PullResponse> {
        let fault = self.faults.draw(Call::Other)?;
        let stale = self.any(&self.old_pages);
        if fault == Fault::DropBefore {
            return Err(lost("a pull"));
        }
        let answer = self.inner.pull(token, request).await?;
        keep(&self.old_pages, answer.clone());
        match (fault, stale) {
            (Fault::DropAfter | Fault::Late, _) => Err(lost("a page")),
            (Fault::StaleAnswer | Fault::Replay, Some(stale)) => Ok(stale),
            (Fault::Double, _) => self.inner.pull(token, request).await,
            _ => Ok(answer),
        }
    }

    async fn upload_create(&self, token: &Token, request: &UploadRequest, whole: Option<Vec<u8>>) -> Answer<UploadState> {
        let call = Call::Open(request.sha256);
        self.simply(call, "an upload's opening", || self.inner.upload_create(token, request, whole.clone())).await
    }

    async fn upload_head(&self, token: &Token, url: &str) -> Answer<UploadState> {
        self.simply(Call::Other, "a question for the offset", || self.inner.upload_head(token, url)).await
    }

    async fn upload_patch(&self, token: &Token, url: &str, offset: u64, chunk: Vec<u8>) -> Answer<UploadState> {
        let fault = self.faults.draw(Call::Other)?;
        let late = self.late_chunk.lock().unwrap().take();
        let answer = self.faulty_patch(fault, token, (url.to_owned(), offset, chunk)).await;
        if let Some((url, offset, chunk)) = late {
            let _ = self.inner.upload_patch(token, &url, offset, chunk).await;
        }
        answer
    }

    async fn get_blob(&self, token: &Token, sha256: BlobId, limit: u64) -> Answer<Vec<u8>> {
        self.simply(Call::Other, "a checklist", || self.inner.get_blob(token, sha256, limit)).await
    }

    async fn wait_for_hint(&self, token: &Token) -> Answer<()> {
        self.inner.wait_for_hint(token).await
    }
}
