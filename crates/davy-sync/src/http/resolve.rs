//! Name resolution whose failure can be told from other failures to connect.

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// The server's name was not found: no network, or a wrong address.
#[derive(Debug, thiserror::Error)]
#[error("the name {name} was not found")]
pub struct NameNotFound {
    /// Name asked for.
    pub name: String,
    /// What the system said.
    pub source: std::io::Error,
}

/// The system's resolver.
pub struct SystemResolver;

impl Resolve for SystemResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let name = name.as_str().to_owned();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await.map(|found| found.collect::<Vec<_>>());
            match found {
                Ok(found) => Ok(Box::new(found.into_iter()) as Addrs),
                Err(source) => Err(Box::new(NameNotFound { name, source }) as Box<dyn std::error::Error + Send + Sync>),
            }
        })
    }
}
