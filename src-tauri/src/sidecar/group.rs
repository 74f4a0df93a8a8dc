//! A process and all that it starts, as one thing that can be ended.

#[cfg(unix)]
pub use unix::Group;
#[cfg(windows)]
pub use windows::Group;

#[cfg(unix)]
mod unix {
    use std::io;
    use std::os::unix::process::CommandExt;
    use std::process::{Child, Command, ExitStatus};
    use std::sync::{Mutex, PoisonError};

    use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

    /// A process group. Its id is only used while its leader is there, at least as a zombie: ids are given out again.
    pub struct Group(Mutex<Option<Pid>>);

    impl Group {
        /// Let the command lead a group of its own, and end when we do.
        pub fn prepare(command: &mut Command) {
            command.process_group(0);
            #[cfg(target_os = "linux")]
            end_with_us(command);
        }

        /// The group that `child` leads.
        pub fn of(child: &Child) -> io::Result<Self> {
            let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
            pid.map(|pid| Self(Mutex::new(Some(pid))))
                .ok_or_else(|| io::Error::other("the process has no id"))
        }

        /// End every process of the group at once.
        pub fn kill(&self) {
            if let Some(pid) = *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
                // It fails when all are gone already.
                let _ = kill_process_group(pid, Signal::KILL);
            }
        }

        /// Wait for the leader's end, then end what is left of the group.
        pub fn outlive(&self, child: &mut Child) -> io::Result<ExitStatus> {
            let leader = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(pid) = leader {
                while let Err(rustix::io::Errno::INTR) =
                    waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT)
                {}
            }
            self.kill();
            let mut leader = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            *leader = None;
            child.wait()
        }
    }

    /// The kernel tells it to end when the thread that started it ends, however that comes.
    #[cfg(target_os = "linux")]
    #[allow(unsafe_code, reason = "what runs between fork and exec is unsafe by its nature")]
    fn end_with_us(command: &mut Command) {
        use rustix::process::{getpid, getppid, set_parent_process_death_signal};

        let us = getpid();
        let ask = move || {
            set_parent_process_death_signal(Some(Signal::TERM))?;
            match getppid() {
                Some(parent) if parent == us => Ok(()),
                _ => Err(io::Error::other("the window ended meanwhile")), // before the notice was asked for
            }
        };
        // SAFETY: between fork and exec only system calls are made; nothing is locked, and nothing is allocated
        // unless the start fails anyway.
        unsafe { command.pre_exec(ask) };
    }
}

#[cfg(windows)]
mod windows {
    use std::io;
    use std::mem::{size_of, zeroed};
    use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
    use std::os::windows::process::CommandExt;
    use std::process::{Child, Command, ExitStatus};

    use windows_sys::Win32::System::JobObjects::{
        AssignProcessToJobObject, CreateJobObjectW, JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE,
        JOBOBJECT_EXTENDED_LIMIT_INFORMATION, JobObjectExtendedLimitInformation, SetInformationJobObject,
        TerminateJobObject,
    };
    use windows_sys::Win32::System::Threading::{CREATE_NEW_PROCESS_GROUP, CREATE_NO_WINDOW};

    /// A job object. The system ends its processes when its last handle is closed: when we end, however that comes.
    pub struct Group(OwnedHandle);

    impl Group {
        /// No console window of its own, and no Ctrl-C of ours.
        pub fn prepare(command: &mut Command) {
            command.creation_flags(CREATE_NO_WINDOW | CREATE_NEW_PROCESS_GROUP);
        }

        /// A job with `child` in it; what that starts from now on belongs to it.
        #[allow(unsafe_code, reason = "the system's functions are foreign")]
        pub fn of(child: &Child) -> io::Result<Self> {
            // SAFETY: the pointers are to a structure that lives through the call, with its true size; the handle is
            // ours alone once it was checked.
            unsafe {
                let handle = CreateJobObjectW(std::ptr::null(), std::ptr::null());
                if handle.is_null() {
                    return Err(io::Error::last_os_error());
                }
                let job = Self(OwnedHandle::from_raw_handle(handle));
                let mut limits: JOBOBJECT_EXTENDED_LIMIT_INFORMATION = zeroed();
                limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
                let size =
                    u32::try_from(size_of::<JOBOBJECT_EXTENDED_LIMIT_INFORMATION>()).map_err(io::Error::other)?;
                let limited = SetInformationJobObject(
                    handle,
                    JobObjectExtendedLimitInformation,
                    (&raw const limits).cast(),
                    size,
                );
                if limited == 0 || AssignProcessToJobObject(handle, child.as_raw_handle()) == 0 {
                    return Err(io::Error::last_os_error());
                }
                Ok(job)
            }
        }

        /// End every process of the job at once.
        #[allow(unsafe_code, reason = "the system's functions are foreign")]
        pub fn kill(&self) {
            // SAFETY: the handle is open as long as `self` is there.
            unsafe { TerminateJobObject(self.0.as_raw_handle(), 1) };
        }

        /// Wait for the first process's end, then end what is left of the job.
        pub fn outlive(&self, child: &mut Child) -> io::Result<ExitStatus> {
            let status = child.wait();
            self.kill();
            status
        }
    }
}
