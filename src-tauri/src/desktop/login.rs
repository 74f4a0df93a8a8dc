//! Starting when the owner signs in to this computer, without a window.

use tauri::{AppHandle, Runtime};

const OPTION: &str = "--hidden";

/// Whether it does.
pub fn is_on<R: Runtime>(app: &AppHandle<R>) -> bool {
    system::is_on(app)
}

/// Let it, or not. Fails in the system's words.
pub fn set<R: Runtime>(app: &AppHandle<R>, on: bool) -> Result<(), String> {
    system::set(app, on)
}

/// What the program needs for that.
pub fn plug<R: Runtime>(builder: tauri::Builder<R>) -> tauri::Builder<R> {
    system::plug(builder)
}

/// By an entry of the desktop's own kind, where the desktop looks for it.
#[cfg(target_os = "linux")]
mod system {
    use std::io;
    use std::path::{Path, PathBuf};

    use tauri::Manager;

    use super::{AppHandle, OPTION, Runtime};

    pub fn plug<R: Runtime>(builder: tauri::Builder<R>) -> tauri::Builder<R> {
        builder
    }

    pub fn is_on<R: Runtime>(app: &AppHandle<R>) -> bool {
        file(app).is_ok_and(|file| is_on_by(&file))
    }

    pub fn set<R: Runtime>(app: &AppHandle<R>, on: bool) -> Result<(), String> {
        let file = file(app).map_err(|error| error.to_string())?;
        let done = if on {
            let program = app
                .env()
                .appimage
                .map_or_else(std::env::current_exe, |file| Ok(file.into()));
            program.and_then(|program| write(&file, &program))
        } else {
            remove(&file)
        };
        done.map_err(|error| error.to_string())
    }

    fn file<R: Runtime>(app: &AppHandle<R>) -> tauri::Result<PathBuf> {
        Ok(app.path().config_dir()?.join("autostart/Cortex.desktop"))
    }

    /// Desktops that let the owner switch such an entry off write that into it.
    fn is_on_by(file: &Path) -> bool {
        let entry = std::fs::read_to_string(file).unwrap_or_default();
        let off = ["Hidden=true", "X-GNOME-Autostart-enabled=false"];
        !entry.is_empty() && !entry.lines().any(|line| off.contains(&line.trim()))
    }

    fn write(file: &Path, program: &Path) -> io::Result<()> {
        let program = program
            .to_str()
            .ok_or_else(|| io::Error::other("the program's place is no text"))?;
        std::fs::create_dir_all(file.parent().unwrap_or(Path::new(".")))?;
        std::fs::write(file, entry(program))
    }

    fn remove(file: &Path) -> io::Result<()> {
        match std::fs::remove_file(file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// A desktop leaves out an entry whose `TryExec` is not there: one that outlives the program does nothing.
    fn entry(program: &str) -> String {
        let (exec, tried) = (in_string(&quoted(program)), in_string(program));
        format!(
            "[Desktop Entry]\nType=Application\nVersion=1.0\nName=Cortex\nComment=Start Cortex without a window\n\
             Exec={exec} {OPTION}\nTryExec={tried}\nIcon=cortex-desktop\nStartupNotify=false\nTerminal=false\n"
        )
    }

    /// One word of a command: in quotes, with what means something there taken literally.
    fn quoted(word: &str) -> String {
        let mut quoted = String::from('"');
        for each in word.chars() {
            match each {
                '"' | '`' | '$' | '\\' => quoted.extend(['\\', each]),
                '%' => quoted.push_str("%%"),
                _ => quoted.push(each),
            }
        }
        quoted + "\""
    }

    fn in_string(value: &str) -> String {
        value.replace('\\', r"\\").replace('\n', r"\n")
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn an_entry_starts_the_program_wherever_it_lies() {
            let written = entry("/opt/my apps/100% $cortex");
            assert!(
                written.contains("\nExec=\"/opt/my apps/100%% \\\\$cortex\" --hidden\n"),
                "{written}"
            );
            assert!(written.contains("\nTryExec=/opt/my apps/100% $cortex\n"), "{written}");
        }

        #[test]
        fn it_is_on_from_its_entry_until_that_is_gone_or_says_otherwise() -> io::Result<()> {
            let folder = tempfile::tempdir()?;
            let file = folder.path().join("autostart/Cortex.desktop");
            assert!(!is_on_by(&file));
            remove(&file)?;
            write(&file, Path::new("/usr/bin/cortex-desktop"))?;
            assert!(is_on_by(&file));
            let entry = std::fs::read_to_string(&file)?;
            std::fs::write(&file, format!("{entry}Hidden=true\n"))?;
            assert!(!is_on_by(&file), "the desktop's own settings switched it off");
            remove(&file)?;
            assert!(!file.exists());
            Ok(())
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use tauri::Manager;
    use tauri_plugin_autostart::AutoLaunchManager;

    use super::{AppHandle, OPTION, Runtime};

    pub fn plug<R: Runtime>(builder: tauri::Builder<R>) -> tauri::Builder<R> {
        let start = tauri_plugin_autostart::Builder::new().arg(OPTION).app_name("Cortex");
        builder.plugin(start.build())
    }

    pub fn is_on<R: Runtime>(app: &AppHandle<R>) -> bool {
        app.try_state::<AutoLaunchManager>()
            .is_some_and(|starter| starter.is_enabled().unwrap_or(false))
    }

    pub fn set<R: Runtime>(app: &AppHandle<R>, on: bool) -> Result<(), String> {
        let starter = app
            .try_state::<AutoLaunchManager>()
            .ok_or("the program was not set up for that")?;
        let changed = if on { starter.enable() } else { starter.disable() };
        changed.map_err(|error| error.to_string())
    }
}
