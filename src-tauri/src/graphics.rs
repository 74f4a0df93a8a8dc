//! What WebKitGTK has to be told about the graphics before it starts.

/// Where NVIDIA's own driver is, WebKitGTK shows an empty window or ends with a protocol error at once, unless it leaves
/// out this way of handing over what it drew. Call it before there is any other thread. Who has set the variable knows
/// better, whatever it says.
#[cfg(target_os = "linux")]
#[allow(
    unsafe_code,
    reason = "the environment may be changed while there is one thread alone"
)]
pub fn prepare() {
    use std::path::Path;

    const VARIABLE: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
    if is_needed(Path::new("/proc/driver/nvidia"), std::env::var_os(VARIABLE).is_some()) {
        // SAFETY: nothing else runs yet that could read the environment.
        unsafe { std::env::set_var(VARIABLE, "1") };
    }
}

#[cfg(target_os = "linux")]
fn is_needed(driver: &std::path::Path, is_set: bool) -> bool {
    !is_set && driver.exists()
}

/// Other systems bring their own.
#[cfg(not(target_os = "linux"))]
pub fn prepare() {}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn only_that_driver_needs_it_and_the_owner_has_the_last_word() {
        let folder = tempfile::tempdir().expect("a folder");
        let none = folder.path().join("nvidia");
        assert!(is_needed(folder.path(), false));
        assert!(!is_needed(folder.path(), true));
        assert!(!is_needed(&none, false));
    }
}
