//! Servers on this machine: free ports, waiting until one answers, and the wish of a person to stop.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::process::{self, Service};

/// How long a server may take until it answers.
const START_LIMIT: Duration = Duration::from_secs(60);

/// Set when somebody pressed Ctrl-C or the system asks this tool to end.
#[derive(Clone)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Listens from now on; until then Ctrl-C ends this tool at once, as it should while nothing is started.
    pub fn listen() -> Result<Self> {
        let flag = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            signal_hook::flag::register(signal, Arc::clone(&flag)).context("signals cannot be listened to")?;
        }
        Ok(Self(flag))
    }

    /// Whether everything should stop.
    pub fn requested(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A port that nobody listens on now.
pub fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port on the loopback interface")?;
    Ok(listener.local_addr().context("the port has no number")?.port())
}

/// Whether a port could be listened on now.
pub fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

/// Waits until a server answers an HTTP request, it ends, or somebody stops everything.
pub fn wait_until_ready(service: &mut Service, port: u16, path: &str, stop: &Stop) -> Result<()> {
    let started = Instant::now();
    loop {
        if let Some(status) = service.ended() {
            bail!("{} ended at its start with {}; {}", service.name(), process::describe(status), service.tail());
        }
        if stop.requested() {
            bail!("stopped");
        }
        if answers(port, path) {
            return Ok(());
        }
        if started.elapsed() > START_LIMIT {
            bail!("{} does not answer on port {port} after {}; {}", service.name(), process::seconds(START_LIMIT), service.tail());
        }
        std::thread::sleep(Duration::from_millis(30));
    }
}

fn answers(port: u16, path: &str) -> bool {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let limit = Duration::from_secs(2);
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect_timeout(&address, limit)?;
        stream.set_read_timeout(Some(limit))?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n")?;
        let mut head = [0; 12];
        stream.read_exact(&mut head)?;
        // Any answer but a server error means that it is up; the bridge asks strangers to sign in.
        Ok(head.starts_with(b"HTTP/1.1 ") && head.get(9) != Some(&b'5'))
    };
    ask().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_somebody_listens_on_is_not_free() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        assert!(!is_free(listener.local_addr().unwrap().port()));
        assert_ne!(free_port().unwrap(), 0);
    }

    #[test]
    fn a_server_error_is_not_ready_and_any_other_answer_is() {
        for (line, expected) in
            [("HTTP/1.1 200 OK", true), ("HTTP/1.1 401 No", true), ("HTTP/1.1 503 Wait", false), ("nonsense....", false)]
        {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            let port = listener.local_addr().unwrap().port();
            let server = std::thread::spawn(move || {
                let (mut stream, _) = listener.accept().unwrap();
                let mut request = Vec::new();
                while !request.ends_with(b"\r\n\r\n") {
                    let mut byte = [0];
                    stream.read_exact(&mut byte).unwrap();
                    request.extend(byte);
                }
                stream.write_all(format!("{line}\r\n\r\n").as_bytes()).unwrap();
            });
            assert_eq!(answers(port, "/health"), expected, "{line}");
            server.join().unwrap();
        }
    }
}
