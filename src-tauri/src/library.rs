//! The data directory, as far as the window needs to know it: the token, the running instance, the log.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use url::{Host, Url};

use crate::private;

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

    /// Where it really lies, whatever links lead there; also before it was made.
    pub fn real_path(&self) -> PathBuf {
        let there = self
            .path
            .ancestors()
            .find_map(|above| Some((above, above.canonicalize().ok()?)));
        let Some((above, mut real)) = there else {
            return self.path.clone();
        };
        real.extend(self.path.strip_prefix(above).into_iter().flatten());
        real
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

    /// Make the directory and its logs' folder where they are missing, for the owner's eyes only. What is there may be
    /// more than a library's: the sidecar knows, and takes the rights of others to what is Cortex's own.
    pub fn prepare(&self) -> io::Result<()> {
        private::make_missing(&self.logs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin_of(url: &str) -> Option<String> {
        let instance = Instance {
            pid: 1,
            url: url.into(),
            started_at: String::new(),
        };
        instance.origin().map(|origin| origin.origin().ascii_serialization())
    }

    #[test]
    fn an_instance_is_looked_for_on_this_machine_alone() {
        let here = "http://127.0.0.1:8742";
        for url in [here, "http://localhost:8742", "http://0.0.0.0:8742"] {
            assert_eq!(origin_of(url).as_deref(), Some(here), "{url}");
        }
        assert_eq!(origin_of("http://[::1]:8742").as_deref(), Some("http://[::1]:8742"));
        for elsewhere in [
            "http://example.org:8742",
            "http://192.168.1.5:8742",
            "https://127.0.0.1:8742",
            "file:///x",
            "",
        ] {
            assert_eq!(origin_of(elsewhere), None, "{elsewhere}");
        }
    }

    #[test]
    fn what_the_server_wrote_is_read() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let library = Library::at(folder.path().join("library"));
        assert_eq!(
            (library.token(), library.instance()),
            (None, None),
            "it need not be there yet"
        );
        library.prepare()?;
        std::fs::write(library.path().join("token"), "cortex_token_abc\n")?;
        let written = r#"{"pid": 7, "url": "http://127.0.0.1:1234", "started_at": "2026-01-01T00:00:00Z"}"#;
        std::fs::write(library.path().join("instance.json"), written)?;
        assert_eq!(library.token().as_deref(), Some("cortex_token_abc"));
        assert_eq!(
            library.instance().map(|found| (found.pid, found.url)),
            Some((7, "http://127.0.0.1:1234".into()))
        );
        std::fs::write(library.path().join("instance.json"), "{")?;
        assert_eq!(library.instance(), None, "half written");
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn a_library_is_the_same_before_it_was_made_and_by_any_link() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        std::fs::create_dir(folder.path().join("real"))?;
        std::os::unix::fs::symlink(folder.path().join("real"), folder.path().join("link"))?;
        let library = Library::at(folder.path().join("link/library"));
        let before = library.real_path();
        assert_eq!(before, folder.path().canonicalize()?.join("real/library"));
        library.prepare()?;
        assert_eq!(library.real_path().as_os_str(), before.as_os_str());
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn a_new_library_is_for_the_owners_eyes_only() -> io::Result<()> {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir()?;
        let library = Library::at(folder.path().join("library"));
        library.prepare()?;
        for made in [library.path().to_owned(), library.logs()] {
            assert_eq!(std::fs::metadata(made)?.permissions().mode() & 0o777, 0o700);
        }
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_was_there_keeps_its_rights() -> io::Result<()> {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir()?;
        let library = Library::at(folder.path().to_owned());
        std::fs::create_dir(library.logs())?;
        for there in [library.path().to_owned(), library.logs()] {
            std::fs::set_permissions(there, PermissionsExt::from_mode(0o755))?;
        }
        library.prepare()?;
        for there in [library.path().to_owned(), library.logs()] {
            assert_eq!(std::fs::metadata(there)?.permissions().mode() & 0o777, 0o755);
        }
        Ok(())
    }
}
