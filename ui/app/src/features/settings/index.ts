import "@/lib/later-words";

export { AboutView } from "./about-view";
export { AppearanceView } from "./appearance-view";
export { CaptureView } from "./capture-view";
export { DesktopView } from "./desktop/desktop-view";
export { ModelsView } from "./models/models-view";
export { PrivacyView } from "./privacy/privacy-view";
export { ShortcutsView } from "./shortcuts-view";
export { StorageView } from "./storage-view";
