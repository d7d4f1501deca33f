//! Something that answers in the server's place: a captive portal, a broken proxy, a server of another make.

use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Answers every connection with the same bytes.
pub struct Portal {
    addr: SocketAddr,
    task: JoinHandle<()>,
}

impl Portal {
    /// Answers with a status line, headers and a body of this kind.
    pub async fn answering(status: &str, headers: &str, body: &str) -> Self {
        let answer = format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n{body}", body.len());
        Self::raw(answer.into_bytes()).await
    }

    /// Answers with these bytes, whatever was asked, then ends the connection.
    pub async fn raw(answer: Vec<u8>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let task = tokio::spawn(async move {
            while let Ok((mut peer, _)) = listener.accept().await {
                let answer = answer.clone();
                tokio::spawn(async move {
                    let mut request = [0; 4096];
                    let _ = peer.read(&mut request).await;
                    let _ = peer.write_all(&answer).await;
                    let _ = peer.shutdown().await;
                    while peer.read(&mut request).await.is_ok_and(|n| n > 0) {}
                });
            }
        });
        Self { addr, task }
    }

    /// Its address.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.addr
    }

    /// Its address as a URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Its address as an https URL, for something that does not speak TLS.
    #[must_use]
    pub fn https(&self) -> String {
        format!("https://{}", self.addr)
    }
}

impl Drop for Portal {
    fn drop(&mut self) {
        self.task.abort();
    }
}
