export { LibraryView } from "./components/library-view";
