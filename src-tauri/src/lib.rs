//! The desktop window of Cortex. It starts, supervises and ends the program that serves the library, and shows the
//! interface which that serves. It knows nothing of what a library is.

#![deny(unsafe_code)]
#![warn(missing_docs)]

mod arguments;
mod commands;
mod console;
mod desktop;
mod graphics;
mod ipc;
pub mod library;
pub mod owner;
mod private;
pub mod sidecar;
mod signals;
mod stages;
pub mod supervisor;
pub mod window;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use tauri::{App, Builder, Manager, RunEvent, Runtime};

use arguments::Arguments;
use library::Library;
use owner::Token;
use sidecar::{Log, Program, ProgramError};
use stages::Stages;
use supervisor::{Care, Plan, RememberedPort, Supervisor};
use window::{Look, Place, WindowPresenter};

/// The exit code where no window can be opened; `scripts/run.py` then opens the browser.
#[cfg(target_os = "linux")]
const NO_SCREEN: u8 = 6;

/// What holds for the whole run.
pub struct Shell {
    /// What the program was started with.
    pub arguments: Arguments,
    /// Where the sidecar's log lies.
    pub log_folder: PathBuf,
    /// The program that keeps the library.
    pub program: Result<Program, ProgramError>,
    /// Where pages keep what they store; None keeps nothing.
    pub storage: Option<PathBuf>,
}

/// Run until the owner quits; the exit code.
pub fn run() -> ExitCode {
    let arguments = match Arguments::of_process() {
        Ok(arguments) => arguments,
        Err(error) => {
            console::say(&error.to_string());
            return ExitCode::from(2);
        }
    };
    let library = key_of(&Library::at(arguments.data_dir.clone()));
    #[cfg(target_os = "linux")]
    if desktop::is_handed_over(&arguments, &library) {
        return ExitCode::SUCCESS;
    }
    graphics::prepare();
    #[cfg(target_os = "linux")]
    if gtk::init().is_err() {
        console::say("No window can be opened here: there is no screen that this program may draw on.");
        return ExitCode::from(NO_SCREEN);
    }
    let builder = desktop::plug(Builder::default(), &arguments, &library);
    let app = match plug(builder, arguments).build(tauri::generate_context!()) {
        Ok(app) => app,
        Err(error) => {
            console::say(&format!("The window could not be opened: {error}"));
            return ExitCode::FAILURE;
        }
    };
    let code = app.run_return(|app, event| {
        desktop::hear(app, &event);
        if let RunEvent::Exit = event {
            if let Some(supervisor) = app.try_state::<Supervisor>() {
                supervisor.stop();
            }
            #[cfg(target_os = "linux")]
            window::drawing::end();
        }
    });
    u8::try_from(code).map_or(ExitCode::FAILURE, ExitCode::from)
}

/// Put the parts together. Each feature beside the window itself plugs in here.
fn plug<R: Runtime>(builder: Builder<R>, arguments: Arguments) -> Builder<R> {
    builder
        .invoke_system(ipc::INVOKE_SYSTEM)
        .invoke_handler(tauri::generate_handler![
            commands::next_stage,
            commands::try_again,
            commands::use_another_port,
            commands::open_log_folder,
            commands::quit,
            desktop::commands::close_window,
            desktop::commands::show_view,
            desktop::commands::desktop_settings,
            desktop::commands::set_shortcut,
            desktop::commands::set_start_at_login,
            desktop::commands::set_keep_running,
            desktop::commands::notify,
            desktop::commands::tell_paused,
            desktop::commands::sign_in,
        ])
        .setup(move |app| {
            if let Err(error) = set_up(app, arguments) {
                give_up(app, error.as_ref());
            }
            Ok(())
        })
}

/// End with a sentence: the toolkit would take an error of the set-up for one of the program.
fn give_up<R: Runtime>(app: &App<R>, error: &dyn std::error::Error) -> ! {
    console::say(&format!("Cortex could not be set up: {error}"));
    if let Some(supervisor) = app.try_state::<Supervisor>() {
        supervisor.stop();
    }
    std::process::exit(1);
}

fn set_up<R: Runtime>(app: &mut App<R>, arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let handle = app.handle().clone();
    let own_files = app.path().app_local_data_dir()?;
    let library = Library::at(arguments.data_dir.clone());
    let log_folder = if arguments.demo {
        own_files.join("demo-logs")
    } else {
        library.logs()
    };
    let key = key_of(&library);
    let storage = (!arguments.demo)
        .then(|| own_files.join("pages").join(&key))
        .and_then(private_storage);
    let remembered = RememberedPort::new((!arguments.demo).then(|| own_files.join("ports").join(&key)));
    // Where this fails the sidecar will say it better. The demonstration leaves the library alone.
    let _ = match arguments.demo {
        true => std::fs::create_dir_all(&log_folder),
        false => library.prepare(),
    };

    let place = Arc::new(Place::default());
    app.manage(Stages::default());
    app.manage(ipc::Granted::default());
    app.manage(Arc::clone(&place));
    desktop::set_up(&handle)?;
    let window = window::create(
        &handle,
        &place,
        Look {
            visible: !arguments.hidden,
            storage: storage.clone(),
        },
    )?;
    let presenter = WindowPresenter::new(handle.clone(), place, window.url()?);
    let program = Program::find(
        std::env::var_os(sidecar::VARIABLE).as_deref(),
        app.path().resource_dir().ok().as_deref(),
    );
    app.manage(Shell {
        log_folder: log_folder.clone(),
        program: program.clone(),
        storage,
        arguments: arguments.clone(),
    });
    let plan = Plan {
        program,
        port: remembered.or(arguments.port),
        port_is_chosen: false,
        remembered,
        care: Care::default(),
        demo: arguments.demo,
        token: configured_token(arguments.demo)?,
        log: Arc::new(Log::open(&log_folder)),
        library,
    };
    app.manage(Supervisor::start(plan, Box::new(presenter))?);

    signals::end_on_signals(&handle)?;
    if arguments.exit_with_stdin {
        signals::end_with_stdin(&handle)?;
    }
    Ok(())
}

/// The folder for what pages store, sign-ins among it, for the owner alone: WebKit would let everybody in. Where that
/// cannot be had, nothing is kept.
fn private_storage(folder: PathBuf) -> Option<PathBuf> {
    let made = folder
        .parent()
        .map_or(Ok(()), private::make)
        .and(private::make(&folder));
    match made {
        Ok(()) => Some(folder),
        Err(error) => {
            console::say(&format!(
                "The window keeps nothing: {} cannot be used: {error}",
                folder.display()
            ));
            None
        }
    }
}

/// The token that the environment names. What is kept in memory has no token file: it gets one for this run.
fn configured_token(demo: bool) -> Result<Option<Token>, getrandom::Error> {
    match std::env::var("CORTEX_TOKEN") {
        Ok(token) if !token.is_empty() => Ok(Some(Token::new(token))),
        _ if demo => Ok(Some(Token::new(owner::proof::new_nonce()?))),
        _ => Ok(None),
    }
}

/// A short name for a library's place: two libraries share no storage.
fn key_of(library: &Library) -> String {
    let path = library.real_path();
    URL_SAFE_NO_PAD.encode(&Sha256::digest(path.as_os_str().as_encoded_bytes())[..12])
}
