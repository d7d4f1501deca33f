//! Configuration: flags, environment (`DAVY_…`), defaults. Checked once at the start, then never changed.

use clap::Args;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// What a server needs to know before it starts.
#[derive(Debug, Clone, Args)]
pub struct Config {
    /// Folder for the database, the photographs and unfinished uploads.
    #[arg(long, env = "DAVY_DATA", default_value = "davy-data")]
    pub data: PathBuf,
    /// Address and port to listen on; port 0 takes a free one.
    #[arg(long, env = "DAVY_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Address under which devices and browsers reach this server, for enrolment links.
    #[arg(long, env = "DAVY_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// Certificate chain (PEM). Together with `--tls-key` the server speaks HTTPS.
    #[arg(long, env = "DAVY_TLS_CERTIFICATE", requires = "tls_key")]
    pub tls_certificate: Option<PathBuf>,
    /// Private key (PEM).
    #[arg(long, env = "DAVY_TLS_KEY", requires = "tls_certificate")]
    pub tls_key: Option<PathBuf>,
    /// Plain HTTP on an address that other machines can reach. Logins and photographs are then readable on the way.
    #[arg(long, env = "DAVY_INSECURE")]
    pub insecure: bool,
    /// A reverse proxy in front ends TLS: plain HTTP is right here, cookies are `Secure`, `X-Forwarded-For` counts.
    #[arg(long, env = "DAVY_BEHIND_PROXY")]
    pub behind_proxy: bool,
    /// Largest photograph or document, in MiB.
    #[arg(long, env = "DAVY_MAX_BLOB_MIB", default_value_t = 512)]
    pub max_blob_mib: u64,
    /// Hours after which an unfinished upload that nobody continued is removed.
    #[arg(long, env = "DAVY_UPLOAD_HOURS", default_value_t = 24 * 14)]
    pub upload_hours: u32,
    /// Free disk space in MiB below which photographs are refused (507); records keep twice as much for themselves.
    #[arg(long, env = "DAVY_RESERVE_MIB", default_value_t = 1024)]
    pub reserve_mib: u64,
    /// Memory for one password check in KiB (Argon2id).
    #[arg(long, env = "DAVY_PASSWORD_KIB", default_value_t = 19 * 1024)]
    pub password_kib: u32,
}

/// A configuration that must not be started.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Plain HTTP would leave the machine.
    #[error(
        "{listen} can be reached by other machines, and without TLS logins and photographs would be readable on the way. \
         Give --tls-certificate and --tls-key, or --behind-proxy when a proxy ends TLS, or --insecure to do it all the same"
    )]
    PlainHttpOffLoopback {
        /// Address.
        listen: SocketAddr,
    },
}

impl Config {
    /// A server on the loopback interface with a free port, as tests and the demo use it.
    #[must_use]
    pub fn local(data: impl Into<PathBuf>) -> Self {
        Self {
            data: data.into(),
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            public_url: None,
            tls_certificate: None,
            tls_key: None,
            insecure: false,
            behind_proxy: false,
            max_blob_mib: 512,
            upload_hours: 24 * 14,
            reserve_mib: 64,
            password_kib: 19 * 1024,
        }
    }

    /// Checks what can be checked without opening anything.
    ///
    /// # Errors
    /// Plain HTTP on a reachable address without a flag that allows it.
    pub fn check(&self) -> Result<(), ConfigError> {
        let plain = self.tls_certificate.is_none();
        if plain && !self.listen.ip().is_loopback() && !self.insecure && !self.behind_proxy {
            return Err(ConfigError::PlainHttpOffLoopback { listen: self.listen });
        }
        Ok(())
    }

    /// Whether browsers reach the server by HTTPS.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.tls_certificate.is_some() || self.behind_proxy
    }

    /// The database file.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.data.join("davy.db")
    }

    /// The folder of finished blobs.
    #[must_use]
    pub fn blobs(&self) -> PathBuf {
        self.data.join("blobs")
    }

    /// The folder of unfinished uploads; on the same file system as the blobs, so that finishing is a rename.
    #[must_use]
    pub fn uploads(&self) -> PathBuf {
        self.data.join("uploads")
    }

    /// Where the process lock lies: one server a folder.
    #[must_use]
    pub fn lock(&self) -> PathBuf {
        Path::join(&self.data, "server.lock")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_leaves_the_machine_only_when_somebody_says_so() {
        let cases = [
            ("127.0.0.1:80", false, false, true),
            ("[::1]:80", false, false, true),
            ("0.0.0.0:80", false, false, false),
            ("0.0.0.0:80", true, false, true),
            ("10.0.0.1:80", false, true, true),
        ];
        for (listen, insecure, behind_proxy, allowed) in cases {
            let config = Config { listen: listen.parse().unwrap(), insecure, behind_proxy, ..Config::local("x") };
            assert_eq!(config.check().is_ok(), allowed, "{listen} insecure={insecure} proxy={behind_proxy}");
        }
    }
}
