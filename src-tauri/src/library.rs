//! The data directory, as far as the window needs to know it: the token, the running instance, the log.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use url::{Host, Url};

/// Who said last that it serves a library (`instance.json`). It may be gone: ask for its proof before trusting it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Instance {
    /// Its process.
    pub pid: u32,
    /// Where it answers, for example `http://127.0.0.1:8742`.
    pub url: String,
    /// When it started, ISO 8601.
    pub started_at: String,
}

impl Instance {
    /// The origin where this machine reaches it; None when what is written there is no address on this machine.
    pub fn origin(&self) -> Option<Url> {
        let url = Url::parse(&self.url).ok()?;
        let address: IpAddr = match url.host()? {
            Host::Ipv4(address) => address.into(),
            Host::Ipv6(address) => address.into(),
            Host::Domain("localhost") => Ipv4Addr::LOCALHOST.into(),
            Host::Domain(_) => return None,
        };
        let here: IpAddr = match address {
            IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
            other => other,
        };
        if url.scheme() != "http" || !here.is_loopback() {
            return None;
        }
        let mut origin = Url::parse("http://localhost/").ok()?;
        origin.set_ip_host(here).ok()?;
        origin.set_port(Some(url.port_or_known_default()?)).ok()?;
        Some(origin)
    }
}

/// A data directory.
#[derive(Debug, Clone)]
pub struct Library {
    path: PathBuf,
}

impl Library {
    /// The library at `path`, which need not exist yet.
    pub fn at(path: PathBuf) -> Self {
        Self { path }
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The owner's token as the server wrote it; None before its first start.
    pub fn token(&self) -> Option<String> {
        let text = std::fs::read_to_string(self.path.join("token")).ok()?;
        Some(text.trim().to_owned()).filter(|token| !token.is_empty())
    }

    /// Who said last that it serves this library.
    pub fn instance(&self) -> Option<Instance> {
        serde_json::from_slice(&std::fs::read(self.path.join("instance.json")).ok()?).ok()
    }

    /// The folder of what the sidecar said.
    pub fn logs(&self) -> PathBuf {
        self.path.join("logs")
    }

    /// Make the directory and its logs' folder, for the owner's eyes only.
    pub fn prepare(&self) -> io::Result<()> {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(self.logs())
    }
}
