/** Words of what only the desktop app does. */
export const desktop = {
  "desktop.only": "This works in the desktop app.",
  "settings.desktop": "This computer",
  "desktop.shortcut": "Save from any program",
  "desktop.shortcut.text":
    "These keys open a small window over whatever you are doing. Enter saves, Esc closes.",
  "desktop.shortcut.keys": "Keys",
  "desktop.shortcut.none": "none",
  "desktop.shortcut.change": "Change",
  "desktop.shortcut.press": "Press the new keys, with Ctrl, Alt or Super",
  "desktop.shortcut.clear": "No keys",
  "desktop.shortcut.reset": "As it was",
  "desktop.shortcut.taken":
    "Another program has these keys, so they do nothing here. Choose others, or free them there.",
  "desktop.shortcut.unsupported":
    "This desktop does not let programs have keys of their own. In its settings, bind keys to the command: cortex-desktop --capture",
  "desktop.shortcut.unknown": "These keys cannot be used everywhere. Choose others.",
  "desktop.running": "Starting and closing",
  "desktop.login": "Start with the computer",
  "desktop.login.hint": "In the background, without a window.",
  "desktop.keep": "Keep running when the window is closed",
  "desktop.keep.hint": "It stays in the tray and goes on with its work.",
  "desktop.keep.noTray": "This desktop shows no tray to come back from, so closing the window ends Cortex.",
  "desktop.digest": "Your digest is ready",
  "desktop.digest.text": "What is new, what it connects to, and what was forgotten.",
  "desktop.failed":
    "{count, plural, one {One item could not be processed} other {# items could not be processed}}",
  "desktop.failed.text": "What was saved is kept. Activity says why, and tries again.",
  "desktop.away.long":
    "Cortex has not answered since {when}. What you typed is kept. It is started again by itself; you need not wait for that.",
  "desktop.restart": "Restart Cortex",
  "desktop.reminder": "Due now",
  "desktop.adding": "Adding files: {done, number} of {total, number}",
  "desktop.added": "{count, plural, =0 {No file was saved} one {# file is saved} other {# files are saved}}",
  "desktop.refused":
    "{count, plural, one {One file was not saved:} other {# files were not saved:}}\n{names}",
  "desktop.refused.more": "and {count, plural, one {one more} other {# more}}",
  "desktop.signin": "This window is not signed in to your library.",
  "desktop.signin.do": "Sign in",
} as const;
