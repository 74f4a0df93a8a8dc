import "@/lib/later-words";

export { WelcomeView } from "./welcome-view";
