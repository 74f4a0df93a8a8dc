//! Folders for the owner's eyes only.

use std::io;
use std::path::Path;

/// Make a folder, with those above it where they are missing, and take the rights of others to it. On Windows it has
/// those of the folder around it, which is the owner's.
pub fn make(folder: &Path) -> io::Result<()> {
    make_missing(folder)?;
    #[cfg(unix)]
    narrow(folder)?;
    Ok(())
}

/// Make a folder for the owner alone, with those above it where they are missing. One that is there keeps its rights:
/// it may not be ours.
pub fn make_missing(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(unix)]
fn narrow(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;

    let mut rights = std::fs::metadata(folder)?.permissions();
    if rights.mode() & 0o077 != 0 {
        rights.set_mode(rights.mode() & !0o077);
        std::fs::set_permissions(folder, rights)?;
    }
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn mode(path: &Path) -> io::Result<u32> {
        Ok(std::fs::metadata(path)?.permissions().mode() & 0o777)
    }

    #[test]
    fn a_new_folder_and_those_above_it_are_the_owners_alone() -> io::Result<()> {
        let home = tempfile::tempdir()?;
        let folder = home.path().join("pages/key");
        make(&folder)?;
        assert_eq!((mode(&home.path().join("pages"))?, mode(&folder)?), (0o700, 0o700));
        Ok(())
    }

    #[test]
    fn an_old_one_that_others_could_read_becomes_so() -> io::Result<()> {
        let home = tempfile::tempdir()?;
        let folder = home.path().join("pages");
        std::fs::create_dir(&folder)?;
        std::fs::write(folder.join("cookies"), "a session")?;
        std::fs::set_permissions(&folder, PermissionsExt::from_mode(0o755))?;
        make(&folder)?;
        assert_eq!(mode(&folder)?, 0o700);
        assert_eq!(std::fs::read_to_string(folder.join("cookies"))?, "a session");
        Ok(())
    }

    #[test]
    fn what_is_no_folder_is_said() -> io::Result<()> {
        let home = tempfile::tempdir()?;
        std::fs::write(home.path().join("pages"), "")?;
        assert!(make(&home.path().join("pages")).is_err());
        Ok(())
    }
}
